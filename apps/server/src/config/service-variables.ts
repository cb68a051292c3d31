/**
 * Names the variables that Kubernetes sets in every container of a namespace where a Service is called `maru` or
 * `maru-…`, after the convention of Docker's links. They are no settings of ours, whatever they look like:
 * `MARU_PORT=tcp://10.0.0.1:8080` would otherwise keep Maru from starting.
 */
export function listServiceVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.keys(env).filter((name) => isServiceVariable(name, env[name] ?? ""));
}

function isServiceVariable(name: string, value: string): boolean {
  if (/^MARU_(\w+_)?SERVICE_(HOST|PORT(_\w+)?)$/.test(name)) return true;
  if (/^MARU_(\w+_)?PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(name)) return true;
  return /^MARU_(\w+_)?PORT$/.test(name) && /^(tcp|udp|sctp):\/\//.test(value);
}
