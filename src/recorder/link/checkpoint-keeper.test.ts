import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync, hash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { encodeNoteKey, signCheckpoint } from '#formats/log/log.ts'
import { CheckpointKeeper } from './checkpoint-keeper.ts'

const pair = generateKeyPairSync('ed25519')
const publicKey = createPublicKey(pair.privateKey).export({ format: 'raw-public' })
const base = 'overt/home'
const note = (origin: string, size: number, root: string, key = pair.privateKey) =>
  signCheckpoint({ origin, size, root: hash('sha256', root, 'buffer') }, { name: origin, publicKey }, key)

let home: string
before(async () => {
  home = await mkdtemp(join(tmpdir(), 'overt-checkpoints-'))
})
after(() => rm(home, { recursive: true }))

const open = () => CheckpointKeeper.open(home, encodeNoteKey({ name: base, publicKey }))

test('a rewritten, shrunken or foreign ledger is refused, also after a restart, and a new year is taken', async () => {
  const keeper = await open()
  assert.deepEqual(await keeper.show(note(`${base}/2026`, 5, 'a'), 0, []), { kept: true, size: 5 })
  const again = await open()
  assert.equal(again.size, 5)
  const code = async (text: string) => {
    const verdict = await again.show(text, 5, [])
    return verdict.kept ? 'kept' : verdict.code
  }
  assert.equal(await code(note(`${base}/2026`, 5, 'b')), 'rewritten')
  assert.equal(await code(note(`${base}/2026`, 4, 'a')), 'shrunk')
  assert.equal(await code(note(`${base}/2026`, 6, 'c')), 'rewritten')
  assert.equal(await code(note('overt/other/2027', 6, 'c')), 'other-log')
  assert.equal(await code(note(`${base}/2025`, 6, 'c')), 'other-log')
  const stranger = generateKeyPairSync('ed25519').privateKey
  assert.equal(await code(note(`${base}/2027`, 1, 'n', stranger)), 'unsigned')
  assert.equal(await code(note(`${base}/2027`, 1, 'n')), 'kept')
  assert.equal(again.size, 1)
  assert.equal(await code(note(`${base}/2026.2`, 9, 'x')), 'other-log')
  assert.equal(await code(note(`${base}/2026`, 5, 'b')), 'rewritten')
})
