/** What the pages of cameras look like; their rows are in `camera-routes.ts`. */
import { components as c, html, marks, type Page, type View } from '#web/web.ts'
import type { Camera } from '../camera-store.ts'

export function cameraForm(view: View, camera: Camera): Page {
  return {
    title: `Change ${camera.label}`,
    back: { href: `/cameras/${camera.id}`, text: camera.label },
    body: html`${marks.heading({
      title: `Change ${camera.label}`,
      caption: camera.siteName,
      lead: 'When you change where it hangs or what it looks at, a running camera stops until it is looked at again.',
    })}${c.form({
      view,
      body: html`${c.hidden('version', camera.version)}${c.input({ name: 'label', label: 'Name', labelSize: 's', view, value: camera.label, width: 20 })}${c.textarea(
        {
          name: 'position',
          label: 'Where does it hang, and what does it look at?',
          labelSize: 's',
          view,
          value: camera.position,
          rows: 3,
        },
      )}${c.input({ name: 'model', label: 'Make and model', view, value: camera.model, width: 'two-thirds' })}${c.input({ name: 'serial', label: 'Serial number', view, value: camera.serial, width: 20 })}${c.button({ text: 'Save' })}`,
    })}`,
  }
}
