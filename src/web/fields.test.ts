import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { z } from 'zod'
import { fields } from './fields.ts'
import { html } from './html.ts'
import { mimeWords, sniffMime } from './sniff.ts'

const message = (schema: z.ZodType, value: unknown) => {
  const result = schema.safeParse(value)
  return result.success ? null : result.error.issues[0]!.message
}

describe('fields', () => {
  test('say what to do when nothing was given, and when too much was', () => {
    assert.equal(message(fields.text('the address', 5), undefined), 'Enter the address')
    assert.equal(message(fields.text('the address', 5), '  \r\n '), 'Enter the address')
    assert.equal(message(fields.text('the address', 5), '12345'), null)
    assert.equal(
      message(fields.text('the address', 5), '123456'),
      'The address must be 5 characters or fewer',
    )
    assert.equal(message(fields.choice('a kind', ['a', 'b']), undefined), 'Choose a kind')
    assert.equal(message(fields.id('a site'), 'x'), 'Choose a site')
    assert.equal(
      message(fields.confirmed('Tick that you have read it'), undefined),
      'Tick that you have read it',
    )
    assert.equal(message(fields.email('the address'), 'nobody'), 'Enter the address like name@example.org')
  })

  test('take numbers within their limits, and one past is refused', () => {
    const days = fields.whole('the days', 1, 28)
    for (const good of ['1', '28', 28, ' 7 ']) assert.equal(message(days, good), null, String(good))
    assert.equal(message(days, '0'), 'The days must be 1 or more')
    assert.equal(message(days, '29'), 'The days must be 28 or less')
    for (const bad of ['', '1.5', 'x', undefined, 1.5])
      assert.equal(message(days, bad), 'Enter the days as a whole number')
  })

  test('know real days, the leap day among them', () => {
    const day = fields.day('the day')
    assert.equal(message(day, '2028-02-29'), null)
    for (const bad of ['2027-02-29', '2026-13-01', '31/2/2026', '2026-1-1'])
      assert.match(String(message(day, bad)), /real date/)
    assert.equal(message(day, ''), 'Enter the day')
    assert.equal(fields.optionalDay('the day').parse(''), null)
    assert.match(String(message(fields.optionalDay('the day'), '2027-02-29')), /real date/)
  })

  test('take times with and without a leading zero, as the same time', () => {
    assert.equal(fields.time('the time').parse('9:05'), '09:05')
    assert.equal(fields.time('the time').parse('09:05:30'), '09:05:30')
    assert.match(String(message(fields.time('the time'), '24:00')), /like 18:40/)
  })

  test('make one ticked box and several the same kind of thing', () => {
    const codes = fields.codes('a purpose')
    assert.deepEqual(codes.parse('asb'), ['asb'])
    assert.deepEqual(codes.parse(['asb', 'a:b']), ['asb', 'a:b'])
    assert.deepEqual(codes.parse(undefined), [])
    assert.equal(message(fields.codes('a purpose', { min: 1 }), undefined), 'Choose a purpose')
    assert.equal(message(codes, '<script>'), 'Choose a purpose')
  })
})

describe('html', () => {
  test('lets nothing typed become markup', () => {
    fc.assert(
      fc.property(fc.string(), (typed) => {
        const made = html`<p title="${typed}">${typed}</p>`.text
        const inside = made.slice(10, -4)
        assert.ok(!/[<>]/.test(inside.replace(/">/, '')) && (made.match(/"/g) ?? []).length === 2)
      }),
    )
  })

  test('takes no object for markup that only looks like it, as a program could send one', () => {
    const sent = JSON.parse('{"text":"<script>alert(1)</script>"}')
    assert.ok(!html`<p>${sent}</p>`.text.includes('<script'))
    assert.ok(!html`<p>${[sent]}</p>`.text.includes('<script'))
  })

  test('joins lists, keeps its own markup, and leaves out what is nothing', () => {
    assert.equal(html`${[html`<b>1</b>`, 2, null, undefined, false, '<']}`.text, '<b>1</b>2&lt;')
  })
})

describe('a file', () => {
  test('is what its first bytes say', () => {
    assert.equal(sniffMime(Buffer.from([0xff, 0xd8, 0xff, 0xe0])), 'image/jpeg')
    assert.equal(sniffMime(Buffer.from('%PDF-1.7')), 'application/pdf')
    assert.equal(sniffMime(Buffer.from('....ftypisom')), 'video/mp4')
    assert.equal(sniffMime(Buffer.from('plain words')), 'text/plain')
    assert.equal(sniffMime(Buffer.from([0, 1, 2])), null)
    assert.equal(sniffMime(Buffer.alloc(0)), null)
    assert.equal(mimeWords(['image/jpeg', 'image/png', 'application/pdf']), 'JPEG, PNG or PDF')
  })
})
