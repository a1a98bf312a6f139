/** `overt policy new NAME`: a landlord without a policy starts from the baseline, in a folder of its own. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { checkPack, runCases } from '#policy/policy.ts'

export const baseline = 'baseline'
const slugPattern = /^[a-z][a-z0-9-]{0,59}$/
const nameMax = 120
const use =
  'Use: overt policy new NAME [--name "The landlord’s name"]   NAME: small letters, digits and hyphens'

/**
 * Copies the newest baseline to `policies/NAME/<today>`, under the landlord's own short name.
 * @param today civil day: the folder's name and the policy's day of effect
 * @returns the exit code: 0 when the pack is there and sound, 1 when the name is taken, 2 for wrong use
 */
export function policyNewCommand(
  args: readonly string[],
  folder: string,
  today: string,
  out: (line: string) => void = console.log,
): number {
  const given = read(args)
  if (typeof given === 'string') {
    out(given)
    out(use)
    return 2
  }
  const { slug, name } = given
  const home = join(folder, slug)
  if (existsSync(home)) {
    out(`${home} is there already. Choose another name, or change the policy that lies there.`)
    return 1
  }
  const from = newest(join(folder, baseline))
  if (from === null) {
    out(`${join(folder, baseline)} holds no baseline to copy.`)
    return 1
  }
  // Made whole beside it and moved in one step: a copy cut off halfway would keep Overt from starting.
  const making = join(folder, `.${slug}.making`)
  rmSync(making, { recursive: true, force: true })
  mkdirSync(making, { recursive: true })
  const at = join(making, today)
  cpSync(from, at, { recursive: true })
  for (const file of filesIn(at))
    writeFileSync(file, rewritten(readFileSync(file, 'utf8'), slug, name, today))
  renameSync(making, home)

  const made = join(home, today)
  const { pack, mistakes } = checkPack(made)
  for (const mistake of mistakes) out(`${join(made, mistake.file)}:${mistake.line}: ${mistake.message}`)
  const failed = pack === null ? [] : runCases(pack).failed
  for (const one of failed) out(`${join(made, one.file)}: ${one.message}`)
  out(`${made} is there: the strictest reading of five policies and the law, for ${name}.`)
  out('What to do next:')
  out(
    `  1. Read policy.yaml and clauses.yaml and make them your own. Each value says whose strictness it takes.`,
  )
  out(`  2. npm run overt -- policy check ${made}`)
  out(
    '  3. Start Overt, or stop it and start it again: packs are read at its start. Choose the policy at set-up, or under Landlords.',
  )
  out('  4. Decide what the policy leaves open: it stands on the policy’s own page. Cameras wait for it.')
  return mistakes.length + failed.length === 0 ? 0 : 1
}

function read(args: readonly string[]): { slug: string; name: string } | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { name: { type: 'string' } },
      allowPositionals: true,
    })
    const [slug, ...more] = positionals
    if (slug === undefined || more.length > 0) return 'Give one name.'
    if (!slugPattern.test(slug)) return `"${slug}" is no short name.`
    const name = (values.name ?? words(slug)).trim()
    if (name === '' || name.length > nameMax || /[\p{Cc}]/u.test(name))
      return `The landlord’s name has 1 to ${nameMax} characters in one line.`
    return { slug, name }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** `north-end-homes` → "North end homes", until somebody writes the real name. */
const words = (slug: string): string => {
  const text = slug.replaceAll('-', ' ').trim()
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function newest(folder: string): string | null {
  if (!existsSync(folder)) return null
  const day = readdirSync(folder)
    .filter((entry) => /^\d{4}-\d{2}-\d{2}$/.test(entry))
    .sort()
    .at(-1)
  return day === undefined ? null : join(folder, day)
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

function rewritten(text: string, slug: string, name: string, today: string): string {
  const effective = `{ silent: true, uses: "${today}", why: "The day on which the landlord began to write it." }`
  return text
    .replaceAll(`${baseline}-`, `${slug}-`)
    .replaceAll(`"id": "${baseline}"`, `"id": "${slug}"`)
    .replace(/^revision: \d+$/m, 'revision: 1')
    .replace(/^ {2}slug: baseline$/m, () => `  slug: ${slug}`)
    .replace(/^ {2}name: Baseline$/m, () => `  name: ${JSON.stringify(name)}`)
    .replace(/^ {2}effective: .*$/m, () => `  effective: ${effective}`)
    .replace(
      /^# The baseline: .*\n(?:# .*\n)*/,
      () =>
        `# ${name}: CCTV policy, begun on ${today} from the baseline. Each value says whose strictness it took.\n`,
    )
    .replace(/^\/\/ The baseline: /, () => `// ${name}: `)
    .replace(/^# The clauses of the baseline/, () => `# The clauses of ${name}'s policy`)
}
