import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import {
  consistencyProof,
  encodeNoteKey,
  inclusionProof,
  leafHash,
  nodesOf,
  signCheckpoint,
  treeRoot,
} from '#formats/log/log.ts'
import { CheckpointKeeper } from './checkpoint-keeper.ts'

const pair = generateKeyPairSync('ed25519')
const publicKey = createPublicKey(pair.privateKey).export({ format: 'raw-public' })
const base = 'overt/019ab000-0000-7000-8000-00000000000a'
const leaves = (texts: readonly string[]) => texts.map((text) => leafHash(Buffer.from(text)))
const base64 = (list: readonly Uint8Array[]) => list.map((hash) => Buffer.from(hash).toString('base64'))

function note(year: string, texts: readonly string[], key = pair.privateKey): string {
  const origin = `${base}/${year}`
  const root = treeRoot(nodesOf(leaves(texts)), texts.length)
  return signCheckpoint({ origin, size: texts.length, root }, { name: origin, publicKey }, key)
}
const step = (year: string, texts: readonly string[], fromSize: number) => ({
  note: note(year, texts),
  fromSize,
  proof:
    fromSize > texts.length ? [] : base64(consistencyProof(nodesOf(leaves(texts)), fromSize, texts.length)),
  opening: null,
})

let home: string
before(async () => {
  home = await mkdtemp(join(tmpdir(), 'overt-checkpoints-'))
})
after(() => rm(home, { recursive: true }))
const open = () => CheckpointKeeper.open(home, encodeNoteKey({ name: `${base}/2026`, publicKey }))

test('a rewritten, shrunken or foreign ledger is refused, also after a restart, and a new year is taken', async () => {
  const first = await open()
  assert.equal(first.held, null)
  assert.equal((await first.show(step('2026', ['a', 'b'], 0))).kept, true)
  const keeper = await open()
  assert.deepEqual(keeper.held && [keeper.held.origin, keeper.held.size], [`${base}/2026`, 2])
  const code = async (shown: Parameters<typeof keeper.show>[0]) => {
    const verdict = await keeper.show(shown)
    return verdict.kept ? 'kept' : verdict.code
  }
  assert.equal(await code(step('2026', ['a', 'b', 'c'], 2)), 'kept')
  assert.equal(await code(step('2026', ['a', 'x', 'c'], 3)), 'rewritten')
  assert.equal(await code(step('2026', ['a', 'x', 'c', 'd'], 3)), 'rewritten')
  assert.equal(await code(step('2026', ['a', 'b'], 3)), 'shrunk')
  assert.equal(await code(step('2025', ['a', 'b', 'c', 'd'], 3)), 'other-log')
  const stranger = generateKeyPairSync('ed25519').privateKey
  assert.equal(
    await code({ note: note('2026', ['a', 'b', 'c', 'd'], stranger), fromSize: 3, proof: [], opening: null }),
    'unsigned',
  )
  const opened = (previous: string) => {
    const texts = [JSON.stringify({ kind: 'ledger.opened', data: { previous } }), 'n']
    const path = base64(inclusionProof(nodesOf(leaves(texts)), 0, texts.length))
    return { note: note('2027', texts), fromSize: 0, proof: [], opening: { leaf: texts[0]!, path } }
  }
  assert.equal(await code(step('2027', ['n'], 0)), 'unproven')
  assert.equal(await code(opened(note('2026', ['a', 'y', 'c']))), 'rewritten')
  assert.equal(await code(opened(note('2026', ['a', 'b', 'c']))), 'kept')
  assert.equal((await open()).held?.origin, `${base}/2027`)
})
