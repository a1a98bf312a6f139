/** The demo's clock: moved forward a day or a month at a time, so that an end and a deletion can be seen. */
import { z } from 'zod'
import {
  components as c,
  html,
  marks,
  momentWords,
  type Page,
  type Route,
  route,
  type View,
} from '#web/web.ts'
import type { DeskParts } from './parts.ts'

export function demoClockRoutes(parts: DeskParts): readonly Route[] {
  const { demo } = parts
  if (demo === null) return []
  const page = (view: View, nowMs: number): Page => ({
    title: 'The demo’s clock',
    back: { href: '/', text: 'My work' },
    body: html`${marks.heading({
      title: 'The demo’s clock',
      lead: `It is ${momentWords(nowMs, 'Europe/London', true)} here.`,
    })}${marks.paragraph(
      'Move it forward to see authority end and footage reach the day on which it must be gone. It never goes back. Only a home that was made by the demo can do this, and its ledger’s name says so for ever.',
    )}${c.form({
      action: '/demo/clock',
      view,
      body: html`${c.radios({
        name: 'days',
        label: 'How far?',
        view,
        choices: [
          { value: '1', text: 'One day' },
          { value: '7', text: 'One week' },
          { value: '28', text: '28 days', hint: 'A temporary camera reaches its end' },
          { value: '31', text: '31 days', hint: 'What was recorded today is past its time' },
        ],
      })}${c.button({ text: 'Move the clock' })}`,
    })}`,
  })
  return [
    route({
      method: 'GET',
      path: '/demo/clock',
      permission: 'demo.clock',
      ledger: { none: 'a look at the clock' },
      input: z.object({}),
      async handler({ view }) {
        const nowMs = parts.clock.nowMs()
        return { data: { nowMs }, page: () => page(view, nowMs) }
      },
    }),
    route({
      method: 'POST',
      path: '/demo/clock',
      permission: 'demo.clock',
      ledger: 'demo.clock-moved',
      input: z.object({
        days: z.coerce.number({ error: 'Choose how far to move the clock' }).int().min(1).max(366),
      }),
      api: { summary: 'Move the demo’s clock forward by whole days' },
      form: async ({ view }) => page(view, parts.clock.nowMs()),
      async handler({ input, person }) {
        await demo.moveBy(input.days, person!.id)
        const nowMs = parts.clock.nowMs()
        return { data: { nowMs }, location: '/demo/clock', flash: `It is now ${momentWords(nowMs)}.` }
      },
    }),
  ]
}
