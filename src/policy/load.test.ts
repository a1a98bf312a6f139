/** Goal: no mistake in a pack gets past loading, and each is told with its file, its line and plain words. */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { checkPack, loadPack } from './policy.ts'

const derby = fileURLToPath(new URL('../../policies/derby-homes/2025-06-11', import.meta.url))
let home = ''
before(() => {
  home = mkdtempSync(join(tmpdir(), 'overt-pack-'))
})
after(() => rmSync(home, { recursive: true, force: true }))

/** A copy of the Derby pack with one edit; tells the line on which the edit stands. */
function broken(file: string, from: string | RegExp, to: string): { folder: string; line: number } {
  const folder = join(home, 'derby-homes', '2025-06-11')
  rmSync(folder, { recursive: true, force: true })
  cpSync(derby, folder, { recursive: true })
  const path = join(folder, file)
  const text = readFileSync(path, 'utf8')
  const index = typeof from === 'string' ? text.indexOf(from) : text.search(from)
  assert.ok(index >= 0, `${from} is not in ${file}`)
  writeFileSync(path, text.replace(from, to))
  return { folder, line: text.slice(0, index).split('\n').length }
}

function mistakesOf(folder: string) {
  const { pack, mistakes } = checkPack(folder)
  assert.equal(pack, null)
  return mistakes
}

const wrongs: readonly (readonly [string, string, string | RegExp, string, RegExp])[] = [
  [
    'a number out of range',
    'policy.yaml',
    'value: 28,',
    'value: 0,',
    /maxDays\.value: is too small or too short: at least 1/,
  ],
  [
    'words where a number belongs',
    'policy.yaml',
    'value: 28,',
    'value: a month,',
    /maxDays\.value: must be a number/,
  ],
  [
    'a word that no pack knows',
    'policy.yaml',
    'place: home',
    'plaice: home',
    /place: is missing|"plaice" is not a word that a pack knows/,
  ],
  [
    'a clause that the policy does not have',
    'policy.yaml',
    'clause: derby-4.2.1-h, why',
    'clause: derby-9.9.9-z, why',
    /derby-9\.9\.9-z is not a clause of this policy/,
  ],
  [
    'a role that does not exist',
    'policy.yaml',
    '{ role: asb-manager, clause: derby-4.2.1-d }',
    '{ role: asb-chief, clause: derby-4.2.1-d }',
    /"asb-chief" is not one of this pack's roles/,
  ],
  [
    'silence without why',
    'policy.yaml',
    'why: The document says nothing of the proposer',
    'because: The document says nothing of the proposer',
    /proposerMayApprove\.why: is missing/,
  ],
  [
    'a line with neither clause nor silence',
    'policy.yaml',
    'title: Anti-Social Behaviour Manager, clause: derby-4.2.1-d }',
    'title: Anti-Social Behaviour Manager }',
    /give `clause: …` where the document says it/,
  ],
  [
    'a grace for what ends at once',
    'policy.yaml',
    '- { what: sign-missing, days: 3,',
    '- { what: authority-expired, days: 3,',
    /can have no days of grace/,
  ],
  [
    'an action outside the closed list',
    'policy.yaml',
    '- footage.live',
    '- footage.keep',
    /must be one of|invalid/i,
  ],
  [
    'a broken line of YAML',
    'policy.yaml',
    'dpoRole: data-protection-officer',
    'dpoRole: [data-protection-officer',
    /this is not YAML/,
  ],
  [
    'a rule that asks for a fact which does not exist',
    'access.cedar',
    'context.purposes.contains("asb")',
    'context.purpose.contains("asb")',
    /`purpose`.*not found/,
  ],
  [
    'a rule that Cedar cannot read',
    'access.cedar',
    'unless { principal.roles.contains("data-protection-officer") };',
    'unless { principal.roles contains };',
    /this rule can't be read/,
  ],
  [
    'a rule with a clause that does not exist',
    'access.cedar',
    '@clause("derby-4.2.1-i")',
    '@clause("derby-4.2.1-zz")',
    /is not a clause of this policy/,
  ],
  [
    'a rule without a clause',
    'access.cedar',
    '@clause("derby-4.2.1-i")\n',
    '',
    /needs exactly one of @clause, @law or @silent/,
  ],
  [
    'a rule without words for those it refuses',
    'access.cedar',
    /@message\("Nobody but an Anti[^\n]*\n/,
    '',
    /needs @message/,
  ],
  [
    'a rule that takes the name of one that always holds',
    'access.cedar',
    '@id("home-period")',
    '@id("view-mandate")',
    /taken by a rule that holds under every pack/,
  ],
  ['two rules of one name', 'access.cedar', '@id("home-period")', '@id("home-approval")', /a second time/],
  [
    'two broad permits for one action',
    'access.cedar',
    'action == Action::"deployment.approve", resource);',
    'action == Action::"deployment.propose", resource);',
    /permitted a second time/,
  ],
  [
    'a clause listed twice',
    'clauses.yaml',
    'id: derby-1.1-b',
    'id: derby-1.1-a',
    /stands here a second time/,
  ],
  [
    'a clause in a section that does not exist',
    'clauses.yaml',
    'section: "4.1"',
    'section: "4.9"',
    /names section "4\.9"/,
  ],
  [
    'a clause of unknown kind',
    'clauses.yaml',
    'kind: permission',
    'kind: wish',
    /kind: must be one of obligation/,
  ],
  [
    'a point that is left out',
    'policy.yaml',
    '  tech.bwv: silent\n',
    '',
    /points\.tech\.bwv is missing: give \{ value/,
  ],
  [
    'a point with a value that it cannot have',
    'policy.yaml',
    'resident.permission_required: { value: written,',
    'resident.permission_required: { value: spoken,',
    /points\.resident\.permission_required\.value: .*\(written, yes, out-of-scope\)/,
  ],
  [
    'a point with a clause that does not exist',
    'policy.yaml',
    'value: written, clause: derby-4.1.2-a',
    'value: written, clause: derby-0-a',
    /derby-0-a is not a clause of this policy/,
  ],
  [
    'a point that Overt reads elsewhere',
    'policy.yaml',
    '  tech.bwv: silent\n',
    '  tech.bwv: silent\n  retention.system_days: silent\n',
    /points\.retention\.system_days is read from the values above/,
  ],
  [
    'a point that nobody knows',
    'policy.yaml',
    '  tech.bwv: silent\n',
    '  tech.bwv: silent\n  tech.horses: silent\n',
    /points\.tech\.horses is not a point that Overt knows/,
  ],
  [
    'a clause that nothing carries out',
    'clauses.yaml',
    '    to_come: F3\n',
    '',
    /clause derby-4\.2\.3-b has neither `controls` nor `to_come`/,
  ],
  [
    'a clause with a control that does not exist',
    'clauses.yaml',
    'controls: [install.signs, sign.words, sign.read-back, sign.kept-true]',
    'controls: [install.wishes]',
    /clause derby-4\.2\.1-g: there is no control "install\.wishes"/,
  ],
  [
    'a clause that names a control twice',
    'clauses.yaml',
    'controls: [home.agreement]',
    'controls: [home.agreement, home.agreement]',
    /clause derby-4\.2\.4-d names a control twice/,
  ],
  [
    'a clause that claims a rule of its own and has none',
    'clauses.yaml',
    'controls: [install.signs, sign.words, sign.read-back, sign.kept-true]',
    'controls: [policy.own-rule]',
    /clause derby-4\.2\.1-g names policy\.own-rule, but no rule that refuses/,
  ],
]

for (const [what, file, from, to, words] of wrongs) {
  test(`a pack with ${what} is refused, with its line`, () => {
    const { folder, line } = broken(file, from, to)
    const mistakes = mistakesOf(folder)
    const told = mistakes.find((m) => m.file === file && words.test(m.message))
    assert.ok(told, `said only: ${mistakes.map((m) => `${m.file}:${m.line} ${m.message}`).join(' | ')}`)
    // Structure above is told at its head; a value at its own line. Either way within the paragraph.
    if (!/this is not YAML|points\.tech\.bwv is missing/.test(told.message)) {
      assert.ok(Math.abs(told.line - line) <= 6, `told at ${told.line}, stands at ${line}: ${told.message}`)
    }
  })
}

test('a control that works through a gate cannot be named by a pack without that gate', () => {
  const progress = fileURLToPath(new URL('../../policies/progress/2025-01-01', import.meta.url))
  const folder = join(home, 'progress', '2025-01-01')
  cpSync(progress, folder, { recursive: true })
  const path = join(folder, 'clauses.yaml')
  writeFileSync(
    path,
    readFileSync(path, 'utf8').replace('[disclosure.dpo-told]', '[authorisation.named-approvers]'),
  )
  assert.match(mistakesOf(folder)[0]!.message, /works through the gate "approval", which no placement/)
})

test('a pack that loads a changed version gets another hash, and its cases do not count', () => {
  const original = checkPack(derby).pack!
  const { folder } = broken('clauses.yaml', 'CCTV', 'C.C.T.V.')
  assert.notEqual(checkPack(folder).pack?.hash, original.hash)
  const again = broken('allow/view.json', 'hallway', 'stairway')
  assert.equal(checkPack(again.folder).pack?.hash, original.hash)
})

test('every mistake is told at once, as file:line: words', () => {
  const { folder } = broken('policy.yaml', 'value: 28,', 'value: 0,')
  const path = join(folder, 'access.cedar')
  writeFileSync(path, readFileSync(path, 'utf8').replace('@clause("derby-4.2.1-i")', '@clause("derby-0")'))
  const loaded = loadPack(folder)
  assert.equal(loaded.ok, false)
  assert.match(
    loaded.ok ? '' : loaded.reasons[0]!.message,
    /policy\.yaml:\d+: deploymentTypes\.0\.maxDays\.value/,
  )
})

test('a folder that does not bear the slug and the day of effect is refused', () => {
  const { folder } = broken('policy.yaml', 'slug: derby-homes', 'slug: derby-house')
  assert.match(mistakesOf(folder)[0]!.message, /the slug is "derby-house" but the folder is "derby-homes"/)
  const moved = join(home, 'derby-homes', '2024-01-01')
  cpSync(derby, join(home, 'x'), { recursive: true })
  renameSync(join(home, 'x'), moved)
  assert.match(mistakesOf(moved)[0]!.message, /the day of effect is 2025-06-11 but the folder is 2024-01-01/)
})

test('a folder without the three files is refused, each named', () => {
  const empty = mkdtempSync(join(home, 'empty-'))
  assert.deepEqual(
    mistakesOf(empty).map((m) => m.file),
    ['policy.yaml', 'access.cedar', 'clauses.yaml'],
  )
})
