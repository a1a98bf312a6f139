import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from './failures.ts'
import { queueFor } from './run-child.ts'

test('so many at once and no more, in the order in which they came, also after one that failed', async () => {
  const inTurn = queueFor(2, 3)
  const ends: (() => void)[] = []
  const begun: number[] = []
  const work = (n: number) => () =>
    new Promise<number>((resolve, reject) => {
      begun.push(n)
      ends.push(() => (n === 1 ? reject(new Error('broken')) : resolve(n)))
    })
  const all = [1, 2, 3, 4, 5].map((n) => inTurn(work(n)))
  const settled = Promise.allSettled(all)
  await assert.rejects(inTurn(work(6)), (error) => error instanceof Failure && error.kind === 'too-many')
  assert.deepEqual(begun, [1, 2])
  for (let n = 0; n < 5; n += 1) {
    ends[n]!()
    await new Promise(setImmediate)
  }
  assert.deepEqual(begun, [1, 2, 3, 4, 5], 'who was turned away never began')
  assert.deepEqual(
    (await settled).map(({ status }) => status),
    ['rejected', 'fulfilled', 'fulfilled', 'fulfilled', 'fulfilled'],
  )
  const after = inTurn(work(7))
  await new Promise(setImmediate)
  ends[5]!()
  assert.equal(await after, 7)
})
