/**
 * What the policy pages say of Overt must be so: each control stands in the code where it says, is proven by tests that
 * are there and are not skipped, and has refused something before it is called enforced. Every clause of every pack of
 * this repository is carried by controls, or says which capability will carry it.
 */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import {
  type Control,
  checkPack,
  controlMistakes,
  controls,
  ownRule,
  type Pack,
  policyReport,
  runCases,
} from '#policy/policy.ts'

const root = join(import.meta.dirname, '..')
const texts = new Map<string, string>()
function text(file: string): string {
  const known = texts.get(file)
  if (known !== undefined) return known
  const read = existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : ''
  texts.set(file, read)
  return read
}

/** Is a test of exactly this name in the file, and not skipped? */
function hasTest(place: string): boolean {
  const at = place.indexOf(': ')
  const [file, name] = [place.slice(0, at), place.slice(at + 2)]
  return [`'${name.replaceAll("'", "\\'")}'`, `"${name}"`, `\`${name}\``].some((quoted) => {
    const body = text(file)
    const found = body.indexOf(quoted)
    if (found < 0) return false
    return (
      /\b(test|it)\(\s*$/.test(body.slice(0, found)) &&
      !/^\s*,\s*\{\s*(skip|todo)/.test(body.slice(found + quoted.length))
    )
  })
}

function hasPlace(place: string): boolean {
  const [file, name] = place.split(' ')
  return new RegExp(`\\b(function|class|const)\\s+${name}\\b`).test(text(file ?? ''))
}

function mistakesIn(list: Iterable<Control>): string[] {
  const all = [...list]
  return [
    ...controlMistakes(all),
    ...all.flatMap((control) => [
      ...control.by.filter((p) => !hasPlace(p)).map((p) => `control ${control.id}: there is no ${p}`),
      ...[...control.tests, ...control.denies]
        .filter((p) => !hasTest(p))
        .map((p) => `control ${control.id}: there is no test ${p}`),
    ]),
  ]
}

/** The folder of each landlord's newest version. */
const packs: readonly Pack[] = readdirSync(join(root, 'policies')).flatMap((slug) => {
  const day = readdirSync(join(root, 'policies', slug))
    .filter((name) => /^\d{4}-\d\d-\d\d$/.test(name))
    .sort()
    .at(-1)
  if (day === undefined) return []
  const { pack, mistakes } = checkPack(join(root, 'policies', slug, day))
  assert.deepEqual(mistakes, [])
  return pack === null ? [] : [pack]
})

describe('a control', () => {
  test('stands in the code and in the tests that it names', () => {
    assert.deepEqual(mistakesIn(controls.values()), [])
  })

  test('without a place, without a test, or enforced without a deny case is a mistake', () => {
    const sound = controls.get('recording.stops-at-expiry')
    assert.ok(sound)
    assert.deepEqual(mistakesIn([{ ...sound, by: [] }]), [
      'control recording.stops-at-expiry: names nothing in the code that does it',
    ])
    assert.match(mistakesIn([{ ...sound, tests: [], denies: [] }])[0]!, /has no test/)
    assert.match(mistakesIn([{ ...sound, denies: [] }])[0]!, /called enforced and has no deny case/)
    assert.match(mistakesIn([{ ...sound, by: ['src/recorder/capture.ts dream'] }])[0]!, /there is no/)
    assert.match(
      mistakesIn([{ ...sound, tests: ['src/recorder/recorder.test.ts: a wish'] }])[0]!,
      /there is no test/,
    )
  })

  test('has one name only', () => {
    const all = readdirSync(join(root, 'src/policy/controls')).flatMap((part) => [
      ...text(`src/policy/controls/${part}`).matchAll(/^ {4}id: '([a-z.-]+)'/gm),
    ])
    assert.equal(all.length, controls.size)
  })
})

describe('each pack', () => {
  for (const pack of packs) {
    test(`${pack.provider}: the house rules behind its controls have refused somebody in its own cases`, () => {
      const result = runCases(pack)
      assert.deepEqual(result.failed, [])
      const quoted = new Set(
        [...pack.rules.values()].filter((r) => r.effect === 'forbid').map((r) => r.clause),
      )
      for (const clause of pack.clauses.values())
        for (const id of clause.controls) {
          const control = controls.get(id)
          assert.ok(control)
          for (const rule of control.rules)
            assert.ok(result.refusing.has(rule), `${clause.id} names ${id}, but "${rule}" refused nobody`)
          if (id === ownRule) assert.ok(quoted.has(clause.id), `${clause.id} has no rule of its own`)
        }
    })
  }
})

test('every clause of the five documents is there, and each is in exactly one list of the report', () => {
  const report = policyReport(packs)
  const counts = { 'derby-homes': 108, connexus: 90, whg: 83, progress: 141, handcrafted: 36 }
  for (const [slug, count] of Object.entries(counts)) {
    const mine = report[slug]
    assert.ok(mine, `no report of ${slug}`)
    assert.equal(mine.clauses, count)
    const ids = [...mine.enforced, ...mine.evidenced, ...mine.displayed, ...Object.keys(mine.to_come)]
    assert.equal(ids.length, count)
    assert.equal(new Set(ids).size, count)
  }
})
