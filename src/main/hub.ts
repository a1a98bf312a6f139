/** The command `hub`: finds its home and its database, and runs until told to stop. */
import { resolve } from 'node:path'
import { createLog, existingHome, Failure, openHome, readConfig, systemClock } from '#base/base.ts'
import { checkOwner, checkRunningRole, migrate } from '#engine/engine.ts'
import { buildHub } from './hub-build.ts'
import { endWithParent, tellParent } from './supervise.ts'

const migrations = resolve(import.meta.dirname, '../../database')

/** Runs until told to stop. Started by `up`, or alone with DATABASE_URL. */
export async function hub(): Promise<number> {
  const config = readConfig(process.env)
  const log = createLog('hub', config.logLevel)
  if (process.env['DATABASE_URL'] === undefined)
    throw new Failure('invalid', 'The hub alone needs DATABASE_URL. To start everything at once: npm start')
  const underUp = process.env['OVERT_UNDER_UP'] === '1'
  // Until it is built there is nothing to close: a parent that dies meanwhile takes it along at once. One that died
  // while this process was being loaded has said so already.
  if (underUp && !process.connected) return 1
  const dieWithParent = (): never => process.exit(1)
  process.once('disconnect', dieWithParent)
  const home = underUp
    ? await existingHome(config.home)
    : await openHome(config.home, 'landlord', systemClock.nowMs())
  const ownerUrl = process.env['DATABASE_OWNER_URL']
  if (!underUp) {
    if (ownerUrl !== undefined) {
      await checkOwner(ownerUrl)
      await migrate(ownerUrl, migrations)
    }
    await checkRunningRole(process.env['DATABASE_URL'])
  }
  const built = await buildHub(config, home, process.env['DATABASE_URL'], log)
  process.off('disconnect', dieWithParent)
  endWithParent(built.close, log)
  tellParent({ kind: 'ready', url: built.url })
  if (!underUp) process.stdout.write(`ready ${built.url}\n`)
  return new Promise(() => undefined)
}
