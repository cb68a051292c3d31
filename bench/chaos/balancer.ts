import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { requires } from "@maru/testkit";
import { findFreePort } from "../free-port.ts";
import { untilPortAnswers } from "../port.ts";
import { endWithUs, stopProcess } from "../processes.ts";

/**
 * nginx in front of the nodes as `docs/operate/cluster.md` has it: round robin in turn, no sticky sessions, its own time-outs of
 * 60 s. By its defaults two nodes that failed in one moment would lock everybody out for ten seconds after they are back.
 */
export class Balancer {
  private constructor(
    readonly port: number,
    private readonly child: Bun.Subprocess,
  ) {}

  static async start(folder: string, nodePorts: readonly number[]): Promise<Balancer> {
    const program = requires("nginx").path;
    if (program === "") throw new Error("The chaos run needs nginx.");
    const port = findFreePort();
    mkdirSync(folder, { recursive: true });
    const file = join(folder, "nginx.conf");
    await Bun.write(file, describe(folder, port, nodePorts));
    const words = [program, "-p", folder, "-c", file, "-e", join(folder, "error.log")];
    const child = endWithUs(Bun.spawn(words, { stdout: "ignore", stderr: "inherit" }));
    await untilPortAnswers(port);
    return new Balancer(port, child);
  }

  stop(): Promise<void> {
    return stopProcess(this.child);
  }
}

function describe(folder: string, port: number, nodePorts: readonly number[]): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `  ${name}_temp_path ${folder}/${name};`)
    .join("\n");
  // The account that this runs under: a worker of another one could not enter the private folder.
  const user = process.getuid?.() === 0 ? "user root;\n" : "";
  return `${user}daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 8192; }
http {
${temporary}
  access_log off;
  upstream nodes {
${nodePorts.map((nodePort) => `    server 127.0.0.1:${nodePort} max_fails=3 fail_timeout=2s;`).join("\n")}
  }
  map $http_upgrade $connection_upgrade { default upgrade; "" close; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://nodes;
      proxy_http_version 1.1;
      proxy_set_header Host $host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
    }
  }
}
`;
}
