/** What the pages of a policy and its papers share. */
import { z } from 'zod'
import { components, type Html, marks, type Page } from '#web/web.ts'

export const slug = z.string().regex(/^[a-z][a-z0-9-]{0,59}$/)

const parts = [
  { code: 'rules', text: 'Rules', path: '' },
  { code: 'document', text: 'The document', path: '/document' },
  { code: 'library', text: 'Library', path: '/library' },
  { code: 'standards', text: 'Laws and standards', path: '/standards' },
] as const

/** The row of links between the parts of one landlord's policy. */
export const partsNavigation = (provider: string, current: (typeof parts)[number]['code']): Html =>
  components.subNavigation(
    'Policy, document, library and standards',
    parts.map(({ code, text, path }) => ({
      href: `/policy/${provider}${path}`,
      text,
      current: code === current,
    })),
  )

/** In place of a form of something that is not there, or not theirs. */
export const gone: Page = {
  title: 'Not there',
  body: marks.paragraph('There is no such page, or you may not see it. Nothing was changed.'),
}

/** Why routes that only show a policy and its papers write nothing. */
export const shows = { none: 'it shows the landlord’s own rules and papers, and nothing about a person' }
