import pino from 'pino'

/**
 * Logs are JSON lines on standard error: levels, reference numbers, ids; never a name, an address, a secret or a
 * picture. Who runs the process (systemd, a container) rotates them.
 */
export type Log = {
  debug(fields: Record<string, unknown>, message: string): void
  info(fields: Record<string, unknown>, message: string): void
  warn(fields: Record<string, unknown>, message: string): void
  error(fields: Record<string, unknown>, message: string): void
}

const redacted = ['password', 'token', 'secret', 'authorization', 'cookie', 'url'].flatMap((k) => [
  k,
  `*.${k}`,
])

export function createLog(part: string, level = 'info'): Log {
  return pino(
    { level, base: { part }, redact: redacted, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: false }),
  )
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }
