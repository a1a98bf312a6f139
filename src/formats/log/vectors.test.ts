import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import {
  decodeEntries,
  decodeNoteKey,
  leafHash,
  verifyCheckpoint,
  verifyConsistency,
  verifyInclusion,
} from './log.ts'

const vector = JSON.parse(readFileSync(new URL('./vectors/seven.json', import.meta.url), 'utf8')) as {
  leaves: string[]
  noteKey: string
  root: string
  rootOfFour: string
  inclusionOfFive: string[]
  consistencyFourToSeven: string[]
  checkpoint: string
  entries: string
}
const raw = (hex: string) => Buffer.from(hex, 'hex')

test('a log, its proofs and its checkpoint read as they always did', () => {
  const checkpoint = verifyCheckpoint(vector.checkpoint, decodeNoteKey(vector.noteKey))
  assert.equal(checkpoint?.size, 7)
  assert.equal(Buffer.from(checkpoint!.root).toString('hex'), vector.root)
  const five = leafHash(Buffer.from(vector.leaves[5]!))
  assert.ok(verifyInclusion(five, 5, 7, vector.inclusionOfFive.map(raw), raw(vector.root)))
  const proof = vector.consistencyFourToSeven.map(raw)
  assert.ok(verifyConsistency(4, 7, proof, raw(vector.rootOfFour), raw(vector.root)))
  assert.deepEqual(
    decodeEntries(raw(vector.entries)).map((entry) => Buffer.from(entry).toString()),
    vector.leaves,
  )
})
