import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { encodeNoteKey, leafHash, nodesOf, signCheckpoint, treeRoot } from '#formats/log/log.ts'
import { commitment, type Leaf, leafText } from './entry.ts'
import { ledgerKeyFromSeed } from './key.ts'
import { checkProof, type LedgerProof } from './proof.ts'

type Vector = {
  seedHex: string
  publicKey: string
  noteKey: string
  personal: { entry: string; field: string; text: string; saltHex: string; commitment: string }
  leaves: string[]
  leafHashesHex: string[]
  rootHex: string
  checkpoint: string
  proof: LedgerProof
}

const read = async (path: string): Promise<string> => await readFile(join(import.meta.dirname, path), 'utf8')

test('the example of docs/reference/ledger.md is what the code makes, byte for byte', async () => {
  const vector = JSON.parse(await read('vectors/two.json')) as Vector
  const key = ledgerKeyFromSeed(Buffer.from(vector.seedHex, 'hex'))
  const { entry, field, text, saltHex } = vector.personal
  assert.equal(key.publicKey.toString('base64url'), vector.publicKey)
  assert.equal(commitment(Buffer.from(saltHex, 'hex'), entry, field, text), vector.personal.commitment)
  for (const leaf of vector.leaves) assert.equal(leafText(JSON.parse(leaf) as Leaf), leaf)
  const hashes = vector.leaves.map((leaf) => leafHash(Buffer.from(leaf)))
  assert.deepEqual(
    hashes.map((hash) => hash.toString('hex')),
    vector.leafHashesHex,
  )
  const root = treeRoot(nodesOf(hashes), hashes.length)
  assert.equal(Buffer.from(root).toString('hex'), vector.rootHex)
  const name = { name: vector.proof.origin, publicKey: key.publicKey }
  assert.equal(encodeNoteKey(name), vector.noteKey)
  assert.equal(
    signCheckpoint({ origin: vector.proof.origin, size: 2, root }, name, key.privateKey),
    vector.checkpoint,
  )
  assert.ok(checkProof(vector.proof, key.publicKey).ok)
  // The document prints these very bytes.
  const document = await read('../../docs/reference/ledger.md')
  for (const shown of [
    ...vector.leaves,
    ...vector.leafHashesHex,
    vector.rootHex,
    vector.noteKey,
    vector.checkpoint,
  ]) {
    assert.ok(document.includes(shown.trim()), shown)
  }
})
