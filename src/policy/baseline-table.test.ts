/** The table of the guide says what the baseline holds on each point on which policies differ, and whose strictness it is. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pointKeys, points } from './points.ts'
import { checkPack, type Pack } from './policy.ts'

const folder = join(import.meta.dirname, '..', '..', 'policies', 'baseline')
const guide = join(import.meta.dirname, '..', '..', 'docs', 'guide', 'the-baseline.md')

/** "The strictness is that of X." as "X". */
const whose = (pack: Pack, clause: string): string => {
  const note = pack.clauses.get(clause)?.note ?? ''
  return note.replace(/^The strictness is that of /, '').replace(/\.$/, '')
}

function rows(pack: Pack): string[] {
  return points(pack)
    .toSorted((a, b) => a.key.localeCompare(b.key))
    .map((one) => {
      const [clause] = one.clauses
      const holds =
        one.words === null
          ? '**the landlord decides**'
          : `${one.words}${one.silent ? ' (no clause: the safe default)' : ''}`
      const from =
        clause === undefined || one.silent
          ? (one.why ?? '–')
          : `${whose(pack, clause)} (clause ${pack.clauses.get(clause)?.number})`
      return `| \`${one.key}\` | ${one.label} | ${holds} | ${from} |`.replaceAll('\n', ' ')
    })
}

test('the guide’s table holds what the baseline says on every point on which policies differ', () => {
  const day = readdirSync(folder).sort().at(-1)!
  const { pack, mistakes } = checkPack(join(folder, day))
  assert.deepEqual(mistakes, [])
  const made = rows(pack!)
  assert.equal(made.length, pointKeys.length)
  if (process.env['OVERT_PRINT_BASELINE'] !== undefined) console.log(made.join('\n'))
  const written = readFileSync(guide, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
  assert.deepEqual(written, made, 'OVERT_PRINT_BASELINE=1 prints the rows as they are now')
})
