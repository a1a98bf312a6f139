/** All cameras asked for that somebody may see. */
import { components as c, html, marks, type Page } from '#web/web.ts'
import { placeTitle } from './words.ts'

export type ListLine = {
  readonly id: string
  readonly reference: string
  readonly siteName: string
  readonly cameraLabel: string
  readonly typeLabel: string
  readonly state: 'lawful' | 'waiting' | 'attention' | 'stopped'
  readonly words: string
  readonly until: string
}

export function listPage(
  lines: readonly ListLine[],
  options: { readonly text: string; readonly mayPropose: boolean; readonly cut: boolean },
): Page {
  const search = marks.filterForm({
    action: '/deployments',
    fields: c.input({
      name: 'text',
      label: 'Search by place, camera or number',
      value: options.text,
      type: 'search',
      width: 20,
    }),
    text: 'Search',
    ...(options.text ? { clear: '/deployments' } : {}),
  })
  const start = options.mayPropose
    ? c.button({ text: 'Ask for a camera', href: '/deployments/new', start: true })
    : null
  return {
    title: 'Cameras asked for',
    wide: true,
    body: html`${marks.heading({
      title: 'Cameras asked for',
      lead: 'Every camera begins as a question. Here is how far each has come.',
    })}${start}${search}${c.table({
      caption: 'Cameras asked for',
      captionHidden: true,
      columns: [{ text: 'Camera' }, { text: 'Kind' }, { text: 'State' }, { text: 'Until' }],
      rows: lines.map((line) => [
        html`${marks.link(`/deployments/${line.id}`, placeTitle({ camera: { label: line.cameraLabel }, site: { name: line.siteName } }))}<br><span class="overt-muted">${line.reference}</span>`,
        line.typeLabel,
        marks.stateTag(line.state, line.words),
        line.until,
      ]),
      empty: marks.emptyState({
        title: options.text ? 'Nothing found' : 'No camera has been asked for yet',
        body: options.text
          ? 'Try part of the place’s name, or the number.'
          : 'When somebody asks for a camera it stands here, with every step it has still to take.',
      }),
    })}${options.cut ? marks.small('Only the newest 200 are shown. Search for the one you need.') : null}`,
  }
}
