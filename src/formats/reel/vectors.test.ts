import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { bytesSource, fragmentKey, openRecord, recordHeaderBytes, scanReel, unwrapReelKey } from './reel.ts'

const vector = JSON.parse(readFileSync(new URL('./vectors/small.json', import.meta.url), 'utf8')) as {
  privateKey: string
  reel: string
  headHash: string
  reelKey: string
  chainHead: string
  records: { type: string; sequence: number; offset: number; hash: string; key?: string; clear?: string }[]
}
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

test('a reel written by version 1 is read for ever', async () => {
  const bytes = Buffer.from(vector.reel, 'hex')
  const read = await scanReel(bytesSource(bytes))
  assert.equal(read.state, 'closed')
  assert.equal(hex(read.headHash), vector.headHash)
  assert.equal(hex(read.chain), vector.chainHead)
  const reelKey = unwrapReelKey(read.head, Buffer.from(vector.privateKey, 'hex'))
  assert.equal(hex(reelKey), vector.reelKey)
  for (const [at, record] of read.records.entries()) {
    const wanted = vector.records[at]!
    assert.deepEqual(
      [record.type, record.sequence, record.offset, hex(record.hash!)],
      [wanted.type, wanted.sequence, wanted.offset, wanted.hash],
    )
    if (wanted.key === undefined) continue
    const key = fragmentKey(reelKey, record.sequence)
    assert.equal(hex(key), wanted.key)
    const start = record.offset + recordHeaderBytes
    const header = bytes.subarray(record.offset, start)
    const clear = openRecord(key, read.headHash, header, bytes.subarray(start, start + record.bodyBytes))
    assert.equal(hex(clear), wanted.clear)
  }
})
