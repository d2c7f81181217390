import { describe, expect, it } from 'vitest';
import { restrictedViolations } from './support/pod-security.ts';

const container = {
  name: 'c',
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
};
const pod = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [container],
};
const within = (securityContext: object) => ({
  ...pod,
  containers: [{ ...container, securityContext: { ...container.securityContext, ...securityContext } }],
});

describe('The check of the restricted Pod Security Standard', () => {
  it('accepts a compliant pod', () => {
    expect(restrictedViolations(pod)).toEqual([]);
  });

  it.each([
    ['hostNetwork', { ...pod, hostNetwork: true }],
    ['volume of type hostPath', { ...pod, volumes: [{ name: 'v', hostPath: { path: '/' } }] }],
    ['sysctls', { ...pod, securityContext: { ...pod.securityContext, sysctls: [{ name: 'a', value: 'b' }] } }],
    ['c: privileged', within({ privileged: true })],
    ['c: allowPrivilegeEscalation', within({ allowPrivilegeEscalation: undefined })],
    ['c: capabilities not dropped', within({ capabilities: {} })],
    ['c: capability SYS_ADMIN', within({ capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } })],
    ['c: runAsNonRoot', within({ runAsNonRoot: false })],
    ['c: runAsUser 0', within({ runAsUser: 0 })],
    ['c: seccompProfile', within({ seccompProfile: { type: 'Unconfined' } })],
    ['c: procMount', within({ procMount: 'Unmasked' })],
    ['c: hostPort', { ...pod, containers: [{ ...container, ports: [{ hostPort: 80 }] }] }],
    ['c: seccompProfile', { ...pod, securityContext: { runAsNonRoot: true } }],
  ])('reports %s', (fault, spec) => {
    expect(restrictedViolations(spec)).toEqual([fault]);
  });
});
