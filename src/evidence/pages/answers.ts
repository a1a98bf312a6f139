/** What several rows of this room answer and take in. */
import { z } from 'zod'
import { type Answer, type Ask, fields, marks, type Page } from '#web/web.ts'

export const noExhibit: Answer = { notFound: 'There is no such exhibit, or you may not see it.' }
export const noDisclosure: Answer = { notFound: 'There is no such hand-over, or you may not see it.' }
export const noPicture = { none: 'it tells of footage and shows none' }
export const withId = z.object({ id: fields.id('an exhibit') })

export type Asked = Pick<Ask<unknown>, 'person' | 'input' | 'view' | 'nowMs'>

export const gone: Page = {
  title: 'Not there any more',
  body: marks.paragraph('This is not there any more, or you may not see it.'),
}
