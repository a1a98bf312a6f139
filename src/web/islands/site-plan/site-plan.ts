/**
 * The plan of a site by pointer and keyboard. Everything it does ends in the fields of the forms below the plan, which
 * work without it: where a camera hangs, where it looks, and the rectangle of an area. Nothing is sent from here.
 */

const svgNames = 'http://www.w3.org/2000/svg'
/** Metres and degrees of one press of a key; ten times as much with Shift. */
const stepMetres = 0.5
const stepDegrees = 5

type Point = { readonly x: number; readonly y: number }

function start(root: HTMLElement): void {
  const svg = root.querySelector('svg')
  const place = document.querySelector<HTMLElement>('[data-plan="place"]')
  const area = document.querySelector<HTMLElement>('[data-plan="area"]')
  if (svg === null || place === null || area === null) return
  const width = Number(root.dataset['width'])
  const height = Number(root.dataset['height'])
  const field = (form: HTMLElement, name: string): HTMLInputElement => {
    const found = form.querySelector<HTMLInputElement>(`input[name="${name}"]`)
    if (found === null) throw new Error(`The plan's form has no field "${name}".`)
    return found
  }
  const [x, y, direction, angle, range] = ['x', 'y', 'direction', 'angle', 'range'].map((n) =>
    field(place, n),
  ) as [HTMLInputElement, HTMLInputElement, HTMLInputElement, HTMLInputElement, HTMLInputElement]
  const [left, top, wide, high] = ['left', 'top', 'width', 'height'].map((n) => field(area, n)) as [
    HTMLInputElement,
    HTMLInputElement,
    HTMLInputElement,
    HTMLInputElement,
  ]

  const cone = document.createElementNS(svgNames, 'polygon')
  const dot = document.createElementNS(svgNames, 'circle')
  const box = document.createElementNS(svgNames, 'rect')
  const mine = document.createElementNS(svgNames, 'g')
  mine.setAttribute('class', 'overt-plan__mine')
  mine.append(box, cone, dot)
  svg.append(mine)

  const tools = document.createElement('fieldset')
  tools.className = 'overt-plan__tools'
  const legend = document.createElement('legend')
  legend.textContent = 'On the plan I draw'
  const said = document.createElement('p')
  said.className = 'overt-plan__said'
  said.setAttribute('aria-live', 'polite')
  const choice = (value: string, words: string): HTMLInputElement => {
    const label = document.createElement('label')
    const radio = document.createElement('input')
    radio.type = 'radio'
    radio.name = 'plan-tool'
    radio.value = value
    label.append(radio, ` ${words}`)
    tools.append(label)
    return radio
  }
  tools.append(legend)
  const camera = choice('camera', 'the camera chosen below')
  choice('area', 'an area')
  camera.checked = true
  const help = document.createElement('p')
  help.className = 'overt-plan__help'
  help.textContent =
    'Press on the plan to hang the camera there and drag to where it looks; or drag a rectangle. By keyboard: choose the plan, move with the arrow keys, turn with [ and ], widen with + and -, reach farther with . and nearer with , . Shift goes ten times as far.'
  tools.append(help, said)
  root.prepend(tools)
  svg.setAttribute('tabindex', '0')
  svg.setAttribute('role', 'application')
  svg.setAttribute('aria-label', 'Plan, to draw on by pointer or keyboard')

  const value = (input: HTMLInputElement): number => Number(input.value.trim().replace(',', '.'))
  const write = (input: HTMLInputElement, number: number): void => {
    input.value = String(Math.round(number * 10) / 10)
  }
  const within = (number: number, most: number): number => Math.max(0, Math.min(most, number))

  const draw = (): void => {
    const view = {
      x: value(x),
      y: value(y),
      direction: value(direction),
      angle: value(angle),
      range: value(range),
    }
    const known = x.value !== '' && y.value !== '' && Object.values(view).every(Number.isFinite)
    cone.setAttribute('points', known ? outline(view) : '')
    dot.setAttribute('r', known ? String(Math.max(width, height) / 90) : '0')
    dot.setAttribute('cx', String(known ? view.x : 0))
    dot.setAttribute('cy', String(known ? view.y : 0))
    const rectangle = [value(left), value(top), value(wide), value(high)]
    const drawn = wide.value !== '' && rectangle.every(Number.isFinite)
    for (const [index, name] of ['x', 'y', 'width', 'height'].entries())
      box.setAttribute(name, String(drawn ? Math.max(0, rectangle[index]!) : 0))
  }
  for (const input of [x, y, direction, angle, range, left, top, wide, high])
    input.addEventListener('input', draw)
  draw()

  const pointOf = (event: PointerEvent): Point => {
    const matrix = svg.getScreenCTM()
    if (matrix === null) return { x: 0, y: 0 }
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse())
    return { x: within(at.x, width), y: within(at.y, height) }
  }
  let from: Point | null = null
  svg.addEventListener('pointerdown', (event) => {
    event.preventDefault()
    svg.focus({ preventScroll: true })
    svg.setPointerCapture(event.pointerId)
    from = pointOf(event)
    if (camera.checked) {
      write(x, from.x)
      write(y, from.y)
    }
    draw()
  })
  svg.addEventListener('pointermove', (event) => {
    if (from === null) return
    const to = pointOf(event)
    const far = Math.hypot(to.x - from.x, to.y - from.y)
    if (camera.checked) {
      // A tremble of the hand turns nothing.
      if (far > width / 60) {
        const bearing = (Math.atan2(to.x - from.x, from.y - to.y) * 180) / Math.PI
        write(direction, Math.round((bearing + 360) % 360))
        write(range, Math.max(0.5, far))
      }
    } else {
      write(left, Math.min(from.x, to.x))
      write(top, Math.min(from.y, to.y))
      write(wide, Math.abs(to.x - from.x))
      write(high, Math.abs(to.y - from.y))
    }
    draw()
  })
  const done = (): void => {
    if (from === null) return
    from = null
    tell()
  }
  svg.addEventListener('pointerup', done)
  svg.addEventListener('pointercancel', done)

  svg.addEventListener('keydown', (event) => {
    const many = event.shiftKey ? 10 : 1
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key]
    const [across, down] = camera.checked ? [x, y] : [left, top]
    if (move !== undefined) {
      write(across, within((value(across) || 0) + move[0]! * stepMetres * many, width))
      write(down, within((value(down) || 0) + move[1]! * stepMetres * many, height))
      if (!camera.checked && wide.value === '') {
        write(wide, 2)
        write(high, 2)
      }
    } else if (event.key === '[' || event.key === ']' || event.key === '{' || event.key === '}') {
      const turn = event.key === '[' || event.key === '{' ? -1 : 1
      write(direction, ((value(direction) || 0) + turn * stepDegrees * many + 3600) % 360)
    } else if (event.key === '+' || event.key === '=' || event.key === '-' || event.key === '_') {
      const more = event.key === '+' || event.key === '=' ? 1 : -1
      if (camera.checked) write(angle, Math.max(5, Math.min(360, (value(angle) || 90) + more * stepDegrees)))
      else {
        write(wide, Math.max(0.5, (value(wide) || 2) + more * stepMetres * many))
        write(high, Math.max(0.5, (value(high) || 2) + more * stepMetres * many))
      }
    } else if (event.key === '.' || event.key === '>' || event.key === ',' || event.key === '<') {
      const more = event.key === '.' || event.key === '>' ? 1 : -1
      write(range, Math.max(0.5, Math.min(500, (value(range) || 15) + more * many)))
    } else return
    event.preventDefault()
    draw()
    tell()
  })

  /** What stands in the form now, for who can't see the drawing. */
  function tell(): void {
    said.textContent = camera.checked
      ? `Camera ${x.value || 0} m from the left, ${y.value || 0} m from the top, looking ${direction.value || 0} degrees, ${angle.value} wide, ${range.value} m far. Press “Draw it” below to keep it.`
      : `Area ${left.value || 0} m from the left, ${top.value || 0} m from the top, ${wide.value || 0} by ${high.value || 0} m. Name it below and press “Mark it”.`
  }
}

function outline(view: Point & { direction: number; angle: number; range: number }): string {
  const angle = Math.min(360, view.angle)
  const steps = Math.max(1, Math.ceil(angle / 10))
  const corners = Array.from({ length: steps + 1 }, (_, i) => {
    const at = ((view.direction - angle / 2 + (i * angle) / steps) * Math.PI) / 180
    return `${view.x + view.range * Math.sin(at)},${view.y - view.range * Math.cos(at)}`
  })
  return angle >= 360 ? corners.join(' ') : `${view.x},${view.y} ${corners.join(' ')}`
}

for (const root of document.querySelectorAll<HTMLElement>('[data-module="overt-site-plan"]')) start(root)
