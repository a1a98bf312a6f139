/**
 * The commands. Each part is built by hand, in order, in `main/`; loaded only when its command is asked for, so that
 * checking a pack doesn't start a web server's worth of code.
 * Never: decides a rule, or keeps state of its own.
 */
import { resolve } from 'node:path'
import { createLog, Failure, readConfig, story } from '#base/base.ts'

type Command = {
  readonly usage: string
  readonly does: string
  run(args: readonly string[]): Promise<number>
}

const policiesFolder = resolve(import.meta.dirname, '../policies')

const write = (text: string): void => void process.stdout.write(text)

function usageError(usage: string): number {
  process.stderr.write(`Usage: npm run overt -- ${usage}\n`)
  return 2
}

const commands: Readonly<Record<string, Command>> = {
  up: {
    usage: 'up',
    does: 'start everything for a landlord: database, hub, recorder (npm start)',
    run: async () => (await import('./main/up.ts')).up('landlord'),
  },
  demo: {
    usage: 'demo',
    does: 'the same with a fictional landlord, staff and three simulated cameras (npm run demo)',
    run: async () => (await import('./main/up.ts')).up('demo'),
  },
  hub: {
    usage: 'hub',
    does: 'pages, API and jobs alone; needs DATABASE_URL',
    run: async () => (await import('./main/hub.ts')).hub(),
  },
  recorder: {
    usage: 'recorder --home FOLDER [--hub URL] [--allow CIDR …]',
    does: 'a recorder alone, beside its cameras; the first time with OVERT_RECORDER_TOKEN set',
    run: async (args) => (await import('./main/recorder.ts')).recorder(args),
  },
  verify: {
    usage: 'verify PACK',
    does: 'check an evidence pack (folder or ZIP), offline; exit 1 where it is not what was handed over',
    async run(args) {
      const [path, ...rest] = args
      if (path === undefined || rest.length > 0) return usageError(this.usage)
      return (await import('#evidence/evidence.ts')).verifyCommand(path, write)
    },
  },
  ledger: {
    usage: 'ledger verify [--key FILE] [--checkpoint FILE] [--log FOLDER] | ledger export FOLDER',
    does: 'check the whole ledger against its public key and an earlier checkpoint; write it out for whoever checks elsewhere',
    async run([what, ...args]) {
      if (what !== 'verify' && what !== 'export') return usageError(this.usage)
      const config = readConfig(process.env)
      const parts = { config, log: createLog('ledger', config.logLevel), write }
      const ledger = await import('#ledger/ledger.ts')
      return what === 'verify'
        ? ledger.ledgerVerifyCommand(args, parts)
        : ledger.ledgerExportCommand(args, parts)
    },
  },
  mandate: {
    usage: 'mandate sign --out FOLDER --camera NAME --url RTSP --until TIME …',
    does: 'sign mandates for a recorder that runs without a hub',
    async run([what, ...args]) {
      if (what !== 'sign') return usageError(this.usage)
      return (await import('#recorder/recorder.ts')).mandateSignCommand(args)
    },
  },
  policy: {
    usage: 'policy check FOLDER | policy report [--json] | policy new NAME [--name "Landlord"]',
    does: 'tell every mistake in a policy pack, with file and line; tell what carries out each clause; begin a policy from the baseline',
    async run([what, ...args]) {
      const providers = await import('#providers/providers.ts')
      if (what === 'new') {
        const { civilDay, systemClock } = await import('#base/base.ts')
        return providers.policyNewCommand(
          args,
          policiesFolder,
          civilDay(systemClock.nowMs(), 'Europe/London'),
        )
      }
      if (what === 'check') return providers.policyCheckCommand(args)
      if (what === 'report') return providers.policyReportCommand(args, policiesFolder)
      return usageError(this.usage)
    },
  },
}

const help = (): string =>
  ['Overt, CCTV that keeps to the published policy.', '', 'npm run overt -- COMMAND', '']
    .concat(Object.values(commands).map((c) => `  ${c.usage}\n      ${c.does}`))
    .join('\n')

async function main(): Promise<number> {
  // A child of `up`: whoever watches it knows from its first moment on whether it hangs.
  if (process.connected) (await import('./main/supervise.ts')).tellAlive()
  const [name, ...args] = process.argv.slice(2)
  if (name === undefined || name === 'help' || name === '--help') {
    process.stdout.write(`${help()}\n`)
    return name === undefined ? 2 : 0
  }
  const command = commands[name]
  if (command === undefined) {
    process.stderr.write(`There is no command "${name}".\n\n${help()}\n`)
    return 2
  }
  return command.run(args)
}

try {
  process.exitCode = await main()
} catch (error) {
  const { tellFailure } = await import('./main/supervise.ts')
  const told = await tellFailure(error)
  if (error instanceof Failure) {
    if (!told) process.stderr.write(`${story(error)}\n`)
  } else {
    const stack = error instanceof Error ? error.stack : String(error)
    createLog('main', 'error').error({ stack }, 'stopped by a fault in Overt')
  }
  // Open connections would keep a half-built process alive for ever, and whoever watches it would wait with it.
  process.exit(1)
}
