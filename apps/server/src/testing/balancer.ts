import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requires } from "@maru/testkit";
import { type HelperProcess, startProcess } from "./helper-process.ts";

/** Ports of nodes by what they do. Without `gateway` ports, sockets go where everything goes. */
export type Backends = { readonly web: readonly number[]; readonly gateway?: readonly number[] };

/** Starts nginx before nodes: in turn, no sticky sessions, nginx's own time-outs of 60 s. */
export async function startBalancer(backends: Backends): Promise<HelperProcess & { readonly url: string }> {
  const folder = await mkdtemp(join(tmpdir(), "maru-nginx-"));
  const running = await startProcess(async (port) => {
    const file = join(folder, "nginx.conf");
    await writeFile(file, describe(folder, port, backends));
    return [requires("nginx").path, "-p", folder, "-c", file, "-e", join(folder, "error.log")];
  });
  return {
    ...running,
    url: `http://localhost:${running.port}`,
    async stop() {
      await running.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function describe(folder: string, port: number, { web, gateway = web }: Backends): string {
  const servers = (ports: readonly number[]) => ports.map((own) => `server 127.0.0.1:${own};`).join(" ");
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `
${process.getuid?.() === 0 ? "user root;" : ""}
daemon off;
pid ${folder}/nginx.pid;
events { worker_connections 2048; }
http {
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join("\n  ")}
  access_log off;
  upstream web { ${servers(web)} }
  upstream gateway { ${servers(gateway)} }
  server {
    listen 127.0.0.1:${port};
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
    location / { proxy_pass http://web; }
    location /realtime {
      proxy_pass http://gateway;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
    }
  }
}
`;
}
