import { deepEqual, equal } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GapKeeper, type GapPiece } from './gaps.ts'

function keeper(pieces: readonly GapPiece[] = []) {
  const saved: (readonly GapPiece[])[] = []
  const told: GapPiece[] = []
  const gaps = new GapKeeper(
    pieces,
    (p) => saved.push([...p]),
    (p) => told.push(p),
  )
  return { gaps, saved, told }
}

const short = (pieces: readonly GapPiece[]) => pieces.map((p) => `${p.cause} ${p.fromMs}-${p.toMs ?? ''}`)

describe('gaps of one camera', () => {
  it('keep the first cause while they last', () => {
    const { gaps } = keeper()
    gaps.begin('camera-silent', null, 10)
    gaps.begin('connection-lost', 'ECONNREFUSED', 20)
    deepEqual(short(gaps.end(30)), ['camera-silent 10-30'])
    deepEqual(gaps.end(40), [])
  })

  it('are parted where authority ends and begins, and where we ourselves come back', () => {
    const { gaps, told } = keeper([{ fromMs: 0, toMs: null, cause: 'recorder-stopped', detail: null }])
    gaps.begin('connection-lost', 'starting', 100)
    gaps.begin('no-mandate', null, 150)
    gaps.begin('no-mandate', 'no-key', 160)
    gaps.begin('connection-lost', 'starting', 200)
    deepEqual(short(gaps.end(210)), [
      'recorder-stopped 0-100',
      'connection-lost 100-150',
      'no-mandate 150-200',
      'connection-lost 200-210',
    ])
    equal(told.length, 6)
  })

  it('of no length are none, and never reach back', () => {
    const { gaps } = keeper()
    gaps.begin('connection-lost', null, 100)
    gaps.begin('no-mandate', null, 90)
    deepEqual(short(gaps.end(95)), [])
  })

  it('stay few, however long it lasts', () => {
    const { gaps } = keeper()
    for (let i = 0; i < 500; i += 1) gaps.begin(i % 2 ? 'no-mandate' : 'connection-lost', null, i)
    const ended = gaps.end(500)
    equal(ended.length <= 100, true)
    deepEqual([ended[0]!.fromMs, ended.at(-1)!.toMs], [0, 500])
    for (const [i, piece] of ended.slice(1).entries()) equal(piece.fromMs, ended[i]!.toMs)
  })
})
