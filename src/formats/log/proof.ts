/**
 * Checks inclusion and consistency proofs (RFC 9162 sections 2.1.3.2 and 2.1.4.2; the trees are RFC 6962's). The walk
 * is one generator of hashing steps, so that Node's synchronous hash and WebCrypto's asynchronous one share it.
 */
import { hash } from 'node:crypto'
import type { Hash } from './tree.ts'

/** A proof longer than this belongs to no tree that fits 2^53 leaves. */
export const proofMax = 64

type Steps = Generator<readonly [Hash, Hash], boolean, Hash>

const same = (a: Hash, b: Hash): boolean =>
  a.byteLength === b.byteLength && a.every((byte, i) => byte === b[i])
const isSize = (n: number): boolean => Number.isSafeInteger(n) && n >= 0
const half = (n: number): number => Math.floor(n / 2)

function* inclusionSteps(leaf: Hash, index: number, size: number, proof: readonly Hash[], root: Hash): Steps {
  if (!isSize(index) || !isSize(size) || index >= size || proof.length > proofMax) return false
  let fn = index
  let sn = size - 1
  let at = leaf
  for (const sibling of proof) {
    if (sn === 0) return false
    if (fn % 2 === 1 || fn === sn) {
      at = yield [sibling, at]
      while (fn % 2 === 0 && fn !== 0) {
        fn = half(fn)
        sn = half(sn)
      }
    } else at = yield [at, sibling]
    fn = half(fn)
    sn = half(sn)
  }
  return sn === 0 && same(at, root)
}

function* consistencySteps(
  oldSize: number,
  newSize: number,
  proof: readonly Hash[],
  oldRoot: Hash,
  newRoot: Hash,
): Steps {
  if (!isSize(oldSize) || !isSize(newSize) || oldSize > newSize || proof.length > proofMax) return false
  if (oldSize === newSize) return proof.length === 0 && same(oldRoot, newRoot)
  // Everything extends the empty tree.
  if (oldSize === 0) return proof.length === 0
  const path = Number.isInteger(Math.log2(oldSize)) ? [oldRoot, ...proof] : [...proof]
  const first = path.shift()
  if (first === undefined) return false
  let fn = oldSize - 1
  let sn = newSize - 1
  while (fn % 2 === 1) {
    fn = half(fn)
    sn = half(sn)
  }
  let fr = first
  let sr = first
  for (const node of path) {
    if (sn === 0) return false
    if (fn % 2 === 1 || fn === sn) {
      fr = yield [node, fr]
      sr = yield [node, sr]
      while (fn % 2 === 0 && fn !== 0) {
        fn = half(fn)
        sn = half(sn)
      }
    } else sr = yield [sr, node]
    fn = half(fn)
    sn = half(sn)
  }
  return sn === 0 && same(fr, oldRoot) && same(sr, newRoot)
}

function nodeInput([left, right]: readonly [Hash, Hash]): Uint8Array<ArrayBuffer> {
  const input = new Uint8Array(65)
  input[0] = 1
  input.set(left.subarray(0, 32), 1)
  input.set(right.subarray(0, 32), 33)
  return input
}

function run(steps: Steps): boolean {
  let step = steps.next()
  while (!step.done) step = steps.next(hash('sha256', nodeInput(step.value), 'buffer'))
  return step.value
}

async function runWeb(steps: Steps): Promise<boolean> {
  let step = steps.next()
  while (!step.done)
    step = steps.next(new Uint8Array(await crypto.subtle.digest('SHA-256', nodeInput(step.value))))
  return step.value
}

/** True when the leaf with this hash is number `index` in the tree of `size` leaves with that root. */
export function verifyInclusion(
  leaf: Hash,
  index: number,
  size: number,
  proof: readonly Hash[],
  root: Hash,
): boolean {
  return wellFormed([leaf, root, ...proof]) && run(inclusionSteps(leaf, index, size, proof, root))
}

export async function verifyInclusionWeb(
  leaf: Hash,
  index: number,
  size: number,
  proof: readonly Hash[],
  root: Hash,
): Promise<boolean> {
  return wellFormed([leaf, root, ...proof]) && (await runWeb(inclusionSteps(leaf, index, size, proof, root)))
}

/** True when the tree of `newSize` begins with exactly the leaves of the tree of `oldSize`. */
export function verifyConsistency(
  oldSize: number,
  newSize: number,
  proof: readonly Hash[],
  oldRoot: Hash,
  newRoot: Hash,
): boolean {
  return (
    wellFormed([oldRoot, newRoot, ...proof]) &&
    run(consistencySteps(oldSize, newSize, proof, oldRoot, newRoot))
  )
}

const wellFormed = (hashes: readonly Hash[]): boolean => hashes.every((value) => value.byteLength === 32)

/** `leafHash` on WebCrypto. */
export async function leafHashWeb(leaf: Uint8Array): Promise<Uint8Array> {
  const input = new Uint8Array(leaf.byteLength + 1)
  input.set(leaf, 1)
  return new Uint8Array(await crypto.subtle.digest('SHA-256', input))
}
