/** Case 18: the dashboard through a tunnel whose port is another one. */
import { connect, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { fileServer } from '../../integration/http/file-server.ts';

const served = fileServer();

/** As `ssh -L`: connections to a port of its own end at `port`. */
async function tunnelTo(port: number): Promise<number> {
  const tunnel = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) socket.on('error', () => socket.destroy());
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((listening) => tunnel.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void tunnel.close());
  const address = tunnel.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

test.each(['127.0.0.1', 'localhost'])(
  '18 tunnel: page and jobs by %s of another port',
  async (name) => {
    const { port, token } = served();
    const base = `http://${name}:${await tunnelTo(port)}`;
    expect((await fetch(`${base}/`)).status).toBe(200);
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${base}/api/v1/jobs`, { headers })).status).toBe(200);
  },
);
