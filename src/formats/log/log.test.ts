import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { signerFromSeed } from '#formats/mandate/mandate.ts'
import {
  consistencyProof,
  decodeEntries,
  decodeNoteKey,
  emptyRoot,
  encodeEntries,
  encodeNoteKey,
  inclusionProof,
  leafHash,
  leafHashWeb,
  nodesOf,
  parseTilePath,
  signCheckpoint,
  tilePath,
  treeRoot,
  verifyCheckpoint,
  verifyCheckpointWeb,
  verifyConsistency,
  verifyInclusion,
  verifyInclusionWeb,
} from './log.ts'

// The eight leaves and roots that certificate-transparency implementations test with.
const ctLeaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => Buffer.from(hex, 'hex'))
const ctRoots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

const leaves = (count: number) => Array.from({ length: count }, (_, i) => leafHash(Buffer.from(`leaf ${i}`)))

test('roots are those of certificate transparency’s reference tree', () => {
  assert.equal(
    Buffer.from(emptyRoot).toString('hex'),
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  )
  const read = nodesOf(ctLeaves.map(leafHash))
  for (const [i, root] of ctRoots.entries())
    assert.equal(Buffer.from(treeRoot(read, i + 1)).toString('hex'), root)
})

test('every leaf of every small tree is proven, and no other leaf by the same proof', async () => {
  const hashes = leaves(40)
  const read = nodesOf(hashes)
  for (let size = 1; size <= 40; size += 1) {
    const root = treeRoot(read, size)
    for (let index = 0; index < size; index += 1) {
      const proof = inclusionProof(read, index, size)
      assert.ok(verifyInclusion(hashes[index]!, index, size, proof, root))
      assert.ok(!verifyInclusion(hashes[(index + 1) % 40]!, index, size, proof, root))
      if (size > 1) assert.ok(!verifyInclusion(hashes[index]!, (index + 1) % size, size, proof, root))
      assert.ok(!verifyInclusion(hashes[index]!, index, size, [...proof, root], root))
    }
  }
  assert.ok(await verifyInclusionWeb(hashes[5]!, 5, 33, inclusionProof(read, 5, 33), treeRoot(read, 33)))
  assert.deepEqual(await leafHashWeb(Buffer.from('leaf 0')), new Uint8Array(hashes[0]!))
})

test('a log that grew is consistent, one that was rewritten is not', () => {
  const hashes = leaves(40)
  const read = nodesOf(hashes)
  const rewritten = [...hashes]
  rewritten[3] = leafHash(Buffer.from('something else'))
  const readOther = nodesOf(rewritten)
  for (let old = 0; old <= 40; old += 1)
    for (let now = old; now <= 40; now += 1) {
      const oldRoot = treeRoot(read, old)
      assert.ok(verifyConsistency(old, now, consistencyProof(read, old, now), oldRoot, treeRoot(read, now)))
      if (old > 3)
        assert.ok(
          !verifyConsistency(
            old,
            now,
            consistencyProof(readOther, old, now),
            oldRoot,
            treeRoot(readOther, now),
          ),
        )
    }
})

test('a checkpoint is checked by its key alone, in Node and on WebCrypto, and any flipped bit is found', async () => {
  const signer = signerFromSeed(Buffer.alloc(32, 9))
  const key = { name: 'overt.example/ledger', publicKey: Buffer.from(signer.publicKey, 'base64url') }
  const checkpoint = { origin: 'overt.example/ledger/2026', size: 7, root: treeRoot(nodesOf(leaves(7)), 7) }
  const note = signCheckpoint(checkpoint, key, signer.privateKey)
  const known = decodeNoteKey(encodeNoteKey(key))
  assert.deepEqual(verifyCheckpoint(note, known)?.size, 7)
  assert.deepEqual((await verifyCheckpointWeb(note, known))?.origin, checkpoint.origin)
  const other = signerFromSeed(Buffer.alloc(32, 8))
  assert.equal(
    verifyCheckpoint(note, { ...known, publicKey: Buffer.from(other.publicKey, 'base64url') }),
    null,
  )
  assert.equal(verifyCheckpoint(note, { ...known, name: 'another' }), null)
  const bytes = Buffer.from(note)
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
      const altered = Buffer.from(bytes)
      altered[at]! ^= 1 << bit
      assert.equal(verifyCheckpoint(altered.toString(), known), null)
    }),
    { numRuns: 400 },
  )
})

// The worked example of C2SP tlog-tiles.
test('tile paths are those of tlog-tiles', () => {
  assert.equal(tilePath(0, 1_234_067), 'tile/0/x001/x234/067')
  assert.equal(tilePath(1, 5, 17), 'tile/1/005.p/17')
  assert.deepEqual(parseTilePath('tile/entries/x001/x234/067.p/8'), {
    level: 'entries',
    index: 1_234_067,
    width: 8,
  })
  for (const bad of [
    'tile/0/67',
    'tile/0/x001',
    'tile/0/000.p/256',
    'tile/0/x000/001',
    'tile/64/000',
    '../x',
  ])
    assert.equal(parseTilePath(bad), null)
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 256 }), (index, width) => {
      assert.deepEqual(parseTilePath(tilePath(3, index, width)), { level: 3, index, width })
    }),
  )
})

test('entry bundles come back, and a cut one is said to be cut', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (entries) => {
      const bundle = encodeEntries(entries)
      assert.deepEqual(
        decodeEntries(bundle).map((entry) => [...entry]),
        entries.map((entry) => [...entry]),
      )
      if (entries.length > 0) assert.throws(() => decodeEntries(bundle.subarray(0, -1)), /cut short|^$/)
    }),
  )
})
