import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Config, Home, Log } from '#base/base.ts'
import type { HubChild } from './hub-child.ts'
import { recorderToken } from './recorder-token.ts'
import { type Supervised, silentAfterMs, supervise } from './supervise.ts'

const program = resolve(import.meta.dirname, '../main.ts')

/** Cameras of a landlord stand in private networks; the demo's on this machine. Nothing else may be dialled. */
const allowedNetworks: Readonly<Record<Home['born'], readonly string[]>> = {
  demo: ['127.0.0.0/8'],
  landlord: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
}

/** The recorder on the hub's own machine, enrolled by itself at its first start. */
export async function startLocalRecorder(parts: {
  config: Config
  home: Home
  hub: HubChild
  url: string
  log: Log
}): Promise<Supervised> {
  const { home, hub, url } = parts
  const folder = join(home.path, 'recorder')
  const networks = process.env['OVERT_CAMERA_NETWORKS']?.split(',') ?? allowedNetworks[home.born]
  const allow = networks.flatMap((network) => ['--allow', network])
  const { DATABASE_URL: _, DATABASE_OWNER_URL: __, OVERT_KEYRING_PASSPHRASE: ___, ...env } = process.env
  return supervise({
    name: 'recorder',
    program,
    args: ['recorder', '--home', folder, '--hub', url, '--clock-of', home.path, ...allow],
    async env() {
      if (existsSync(join(folder, 'enrolment.json'))) return env
      const { token } = await hub.ask({ kind: 'enrol', name: 'On this machine' })
      return { ...env, [recorderToken]: String(token) }
    },
    silentAfterMs,
    log: parts.log,
  })
}
