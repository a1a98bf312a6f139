/** The packs of this repository: sound, whole, and each of their cases comes out as written. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import {
  actions,
  checkPack,
  type Pack,
  pointKeys,
  points,
  readCases,
  rolesFor,
  runCases,
  settings,
} from './policy.ts'

const root = fileURLToPath(new URL('../../policies/', import.meta.url))
const folders = readdirSync(root).flatMap((slug) =>
  readdirSync(`${root}${slug}`).map((day) => `${root}${slug}/${day}`),
)

const load = (folder: string): Pack => {
  const { pack, mistakes } = checkPack(folder)
  assert.deepEqual(mistakes, [])
  assert.ok(pack)
  return pack
}

for (const folder of folders) {
  const name = folder.slice(root.length)
  test(`${name} is sound and every case comes out as written`, () => {
    const result = runCases(load(folder))
    assert.deepEqual(result.failed, [])
    assert.ok(result.ran >= 20, `only ${result.ran} cases`)
  })

  test(`${name} has an allowed and a denied case for everything it lets people do`, () => {
    const pack = load(folder)
    const { cases } = readCases(folder)
    const open = [
      'deployment.view',
      'deployment.stop',
      'policy.read',
      'task.view',
      'footage.timeline',
      'exhibit.view',
      'disclosure.view',
      'register.view',
      'register.edit',
    ]
    for (const action of actions.filter((a) => rolesFor(pack, a).length > 0 && !open.includes(a))) {
      const mine = cases.filter((c) => c.question.action === action)
      assert.ok(
        mine.some((c) => c.refused === null),
        `${name}: no allowed case for ${action}`,
      )
      assert.ok(
        mine.some((c) => c.refused !== null),
        `${name}: no denied case for ${action}`,
      )
    }
  })

  test(`${name}: every rule of the pack has refused somebody in a case`, () => {
    const pack = load(folder)
    const refusing = new Set(readCases(folder).cases.flatMap((c) => c.refused?.rules ?? []))
    const own = [...pack.rules.values()].filter(
      (r) => r.effect === 'forbid' && r.value === null && r.clause !== null,
    )
    assert.deepEqual(
      own.map((r) => r.id).filter((id) => !refusing.has(id)),
      [],
    )
  })
}

test('all 84 points on which policies differ have an answer in every pack, or silence with its reason', () => {
  assert.equal(new Set(pointKeys).size, 84)
  for (const folder of folders) {
    const pack = load(folder)
    const said = points(pack)
    assert.deepEqual(
      said.map((p) => p.key),
      [...pointKeys].sort(),
    )
    for (const point of said) {
      if (point.silent) assert.ok(point.why, `${pack.provider} ${point.key}: silence without its reason`)
      else assert.ok(point.words, `${pack.provider} ${point.key}: no words`)
      for (const id of point.clauses) assert.ok(pack.clauses.has(id), `${point.key}: ${id}`)
    }
  }
})

test('a safe answer or a setting that nothing carries out yet says so, and no policy is said to forbid what it does not mention', () => {
  const packs = folders.map(load)
  const derby = points(packs.find((pack) => pack.provider === 'derby-homes')!)
  const of = (key: string) => derby.find((point) => point.key === key)!
  for (const key of ['disclose.medium', 'sar.deadline', 'assess.planning_permission', 'breach.route'])
    assert.match(of(key).why ?? '', /does not do this, or not all of it, yet/, key)
  assert.doesNotMatch(of('disclose.media').why ?? '', /yet/, 'the media are refused today')
  // Signs are asked for in homes; hidden cameras are not mentioned.
  assert.equal(of('tech.covert').silent, true)
  assert.equal(of('tech.covert').words, 'forbidden')
  for (const pack of packs)
    for (const { label, words } of settings(pack)) {
      if (label === 'What is handed over is encrypted' && words !== 'no')
        assert.match(words, /not in Overt yet/)
      if (words.startsWith('its own review is late')) assert.match(words, /not in Overt yet/)
    }
})

test('what a document says of one thing is never shown as said of another', () => {
  const of = (slug: string) => {
    const folder = folders.find((one) => one.includes(`/${slug}/`))
    assert.ok(folder, slug)
    return load(folder)
  }
  const point = (slug: string, key: string) => points(of(slug)).find((one) => one.key === key)?.words ?? ''
  assert.match(
    point('whg', 'tech.prohibited'),
    /^Hidden cameras\. Overt adds, of its own: Recognising faces; /,
  )
  assert.match(
    point('whg', 'install.signage_content'),
    /^cctv in use; monitored\. Overt adds, of its own: operator; purpose; contact$/,
  )
  // Its 28 days are for homes; of shared areas it says nothing.
  assert.match(point('derby-homes', 'deployment.max_days'), /28 days;/)
  assert.match(point('derby-homes', 'deployment.max_days'), /\(of this it says nothing\)/)
  assert.doesNotMatch(point('derby-homes', 'deployment.max_days'), /28 days \(of this it says nothing\)/)
  assert.ok(
    settings(of('whg')).some(({ words }) => words === 'CCTV in a new building before anybody lives there'),
  )
})
