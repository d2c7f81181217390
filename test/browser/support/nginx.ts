import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemRuntime } from '../../../src/runtime.ts';
import { withUs } from '../../support/children.ts';
import { temporaryFolder } from '../../support/gateway.ts';
import { reasonWithout } from './browser.ts';

const executable = ['/usr/sbin/nginx', '/usr/bin/nginx'].find((path) => existsSync(path));

/** The reason why tests behind a proxy cannot run, or null. */
export const nginxMissing: string | null = reasonWithout(executable, 'nginx');

export interface PathProxy {
  /** The address for callers: with the prefix, without a trailing slash. */
  readonly url: string;
  close(): Promise<void>;
}

/** nginx in front of a gateway at `port`. It serves the gateway under `/godwit/` and removes that prefix. */
export async function startNginx(port: number, gatewayPort: number, tellPrefix: boolean): Promise<PathProxy> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'temp'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${folder}/temp/${kind};`,
  );
  await writeFile(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events {}
http {
  access_log off;
  ${temporary.join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    location = /godwit { return 301 /godwit/; }
    location /godwit/ {
      proxy_pass http://127.0.0.1:${gatewayPort}/;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      ${tellPrefix ? 'proxy_set_header X-Forwarded-Prefix /godwit;' : ''}
    }
    location / { return 404 "outside the prefix"; }
  }
}
`,
  );
  const child = withUs(
    spawn(executable ?? 'nginx', ['-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')], {
      stdio: 'ignore',
    }),
  );
  const url = `http://127.0.0.1:${port}/godwit`;
  for (let left = 100; !(await answers(`${url}/livez`)); left -= 1) {
    if (left === 0 || child.exitCode !== null) throw new Error('nginx does not answer');
    await systemRuntime.sleep(50);
  }
  return {
    url,
    close: () =>
      new Promise((done) => {
        if (child.exitCode !== null) return done();
        child.once('exit', () => done());
        child.kill('SIGTERM');
      }),
  };
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}
