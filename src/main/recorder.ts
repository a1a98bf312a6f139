/** The command `recorder`: a recorder beside its cameras, linked to a hub or obeying mandates in a folder. */
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { createLog, existingHome, Failure, homeClock, readConfig, systemClock } from '#base/base.ts'
import { type RecorderOptions, runRecorder } from '#recorder/recorder.ts'
import { recorderToken } from './recorder-token.ts'

export async function recorder(args: readonly string[]): Promise<number> {
  const given = readArguments(args)
  const log = createLog('recorder', readConfig(process.env).logLevel)
  // A demo's recorder lives by the demo's clock; for a landlord's home this is the system's.
  const clock =
    given['clock-of'] === undefined
      ? systemClock
      : homeClock(await existingHome(resolve(given['clock-of'])), systemClock)
  const token = process.env[recorderToken]
  const options: RecorderOptions = {
    home: resolve(given.home),
    allow: given.allow,
    name: given.name ?? hostname(),
    clock,
    log,
    ...(given.storage === undefined ? {} : { storage: resolve(given.storage) }),
    ...(given.alone === undefined ? {} : { alone: resolve(given.alone) }),
    ...(given.hub === undefined
      ? {}
      : { hub: { url: given.hub, ...(token === undefined ? {} : { token }) } }),
  }
  return runRecorder(options)
}

function readArguments(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        home: { type: 'string', default: './recorder' },
        storage: { type: 'string' },
        alone: { type: 'string' },
        hub: { type: 'string' },
        name: { type: 'string' },
        allow: { type: 'string', multiple: true, default: [] },
        'clock-of': { type: 'string' },
      },
    })
    return values
  } catch (error) {
    throw new Failure(
      'invalid',
      `Usage: overt recorder --home FOLDER --hub URL --allow CIDR …, the first time with ${recorderToken} set (or --alone FOLDER for mandates without a hub)`,
      error,
    )
  }
}
