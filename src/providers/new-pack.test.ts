/** A landlord without a policy starts from the baseline, in one step or not at all. */
import assert from 'node:assert/strict'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { checkPack, mustDecide, runCases } from '#policy/policy.ts'
import { policyCheckCommand, policyNewCommand } from './providers.ts'

const policies = fileURLToPath(new URL('../../policies', import.meta.url))
const today = '2026-11-30'
let folder = ''
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'overt-new-pack-'))
  cpSync(join(policies, 'baseline'), join(folder, 'baseline'), { recursive: true })
})
after(() => rmSync(folder, { recursive: true, force: true }))

const run = (...args: string[]): { code: number; said: string } => {
  const lines: string[] = []
  const code = policyNewCommand(args, folder, today, (line) => lines.push(line))
  return { code, said: lines.join('\n') }
}

test('policy new makes a sound pack under the landlord’s own name and says what to do next', () => {
  const { code, said } = run('north-end', '--name', 'North End Homes: “ours”')
  assert.equal(code, 0, said)
  assert.match(said, /What to do next:[\s\S]*policy check/)
  const { pack, mistakes } = checkPack(join(folder, 'north-end', today))
  assert.deepEqual(mistakes, [])
  assert.equal(pack?.provider, 'north-end')
  assert.equal(pack?.name, 'North End Homes: “ours”')
  assert.equal(pack?.version, today)
  assert.equal(pack?.revision, 1)
  const cases = runCases(pack!)
  assert.deepEqual(cases.failed, [])
  assert.ok(cases.ran >= 20)
  for (const file of ['policy.yaml', 'access.cedar', 'clauses.yaml'])
    assert.doesNotMatch(readFileSync(join(folder, 'north-end', today, file), 'utf8'), /baseline-/)
  assert.deepEqual(
    readdirSync(folder).filter((entry) => entry.startsWith('.')),
    [],
  )
})

test('policy new refuses a name that is taken, a bad one, and wrong use, and leaves nothing behind', () => {
  const before = readdirSync(folder)
  assert.equal(run('baseline').code, 1)
  assert.match(run('baseline').said, /is there already/)
  for (const bad of [
    [],
    ['Two', 'names'],
    ['North End'],
    ['../away'],
    ['-x'],
    ['ok', '--name', ' '],
    ['ok', '--name', 'a\nb'],
    ['ok', '--loud'],
  ]) {
    const { code, said } = run(...bad)
    assert.equal(code, 2, bad.join(' '))
    assert.match(said, /Use: overt policy new/)
  }
  assert.deepEqual(readdirSync(folder), before)
})

test('each value of the baseline says whose strictness it takes', () => {
  const [day] = readdirSync(join(folder, 'baseline'))
  const { pack } = checkPack(join(folder, 'baseline', day!))
  assert.ok(pack)
  for (const clause of pack.clauses.values())
    assert.ok(clause.note, `${clause.id} does not say whose strictness it takes`)
  assert.equal(pack.values.retentionDays.value, 28)
  assert.equal(pack.values.live.allowed.value, false)
  assert.ok(pack.values.deploymentTypes.every((type) => type.place !== 'home' && type.approvals.length === 2))
  assert.ok(mustDecide(pack).some((point) => point.key === 'scope.sites'))
})

test('policy check tells every mistake at once: a missing file hides none in the others, nor does a broken case', () => {
  const at = join(folder, 'broken', today)
  mkdirSync(at, { recursive: true })
  cpSync(join(folder, 'north-end', today), at, { recursive: true })
  unlinkSync(join(at, 'clauses.yaml'))
  writeFileSync(join(at, 'allow', 'stop.json'), '{ not json')
  const yaml = readFileSync(join(at, 'policy.yaml'), 'utf8')
  writeFileSync(join(at, 'policy.yaml'), `${yaml}\nsurprise: 1\nanother: 2\n`)
  const lines: string[] = []
  assert.equal(
    policyCheckCommand([at], (line) => lines.push(line)),
    1,
  )
  const said = lines.join('\n')
  assert.match(said, /clauses\.yaml:1: this file is missing/)
  assert.match(said, /policy\.yaml:\d+: "surprise" is not a word/)
  assert.match(said, /policy\.yaml:\d+: "another" is not a word/)
  assert.match(said, /allow\/stop\.json:1: this is not JSON/)
})
