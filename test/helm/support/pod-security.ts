type Fields = Readonly<Record<string, unknown>>;

const allowedVolumes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

/** Violations of the restricted Pod Security Standard in a pod's specification. */
export function restrictedViolations(spec: Fields): readonly string[] {
  const pod = fields(spec.securityContext);
  const faults: string[] = [];
  for (const name of ['hostNetwork', 'hostPID', 'hostIPC']) if (spec[name] === true) faults.push(name);
  for (const volume of list(spec.volumes)) {
    const [type] = Object.keys(volume).filter((key) => key !== 'name');
    if (type === undefined || !allowedVolumes.includes(type)) faults.push(`volume of type ${type}`);
  }
  if (list(pod.sysctls).length > 0) faults.push('sysctls');
  for (const kind of ['containers', 'initContainers', 'ephemeralContainers'])
    for (const container of list(spec[kind]))
      faults.push(...containerFaults(container, pod).map((fault) => `${String(container.name)}: ${fault}`));
  return faults;
}

function containerFaults(container: Fields, pod: Fields): readonly string[] {
  const own = fields(container.securityContext);
  const effective = (name: string) => own[name] ?? pod[name];
  const capabilities = fields(own.capabilities);
  const added = list<string>(capabilities.add).filter((name) => name !== 'NET_BIND_SERVICE');
  const profile = fields(effective('seccompProfile')).type;
  return [
    ...(own.privileged === true ? ['privileged'] : []),
    ...(own.allowPrivilegeEscalation === false ? [] : ['allowPrivilegeEscalation']),
    ...(list<string>(capabilities.drop).includes('ALL') ? [] : ['capabilities not dropped']),
    ...added.map((name) => `capability ${name}`),
    ...(effective('runAsNonRoot') === true ? [] : ['runAsNonRoot']),
    ...(effective('runAsUser') === 0 ? ['runAsUser 0'] : []),
    ...(profile === 'RuntimeDefault' || profile === 'Localhost' ? [] : ['seccompProfile']),
    ...(own.procMount === undefined || own.procMount === 'Default' ? [] : ['procMount']),
    ...list(container.ports).flatMap((port) => (Number(port.hostPort ?? 0) > 0 ? ['hostPort'] : [])),
  ];
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function list<T = Fields>(value: unknown): readonly T[] {
  return Array.isArray(value) ? (value as T[]) : [];
}
