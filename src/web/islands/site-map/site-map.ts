/**
 * Places on a map. The list beside it says the same and works without it. Unless the landlord named a place for map
 * pictures nothing is fetched from anywhere: the ground is plain paper with a scale. Each mark is a link, reached by Tab, and choosing one leads to its line in the list.
 */
import { circleMarker, control, map as createMap, type LatLngTuple, latLngBounds, tileLayer } from 'leaflet'

type Place = {
  readonly id: string
  readonly name: string
  readonly latitude: number
  readonly longitude: number
  readonly cameras: number
}

function start(root: HTMLElement): void {
  const places = JSON.parse(root.dataset['places'] ?? '[]') as readonly Place[]
  if (places.length === 0) return
  root.classList.add('overt-map--ready')
  const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches
  const map = createMap(root, {
    attributionControl: false,
    zoomAnimation: !still,
    fadeAnimation: !still,
    markerZoomAnimation: !still,
    keyboard: true,
    minZoom: 3,
    maxZoom: 19,
  })
  control.scale({ imperial: false }).addTo(map)
  const tiles = root.dataset['tiles']
  if (tiles !== undefined) tileLayer(tiles, { maxZoom: 19 }).addTo(map)
  const at = (place: Place): LatLngTuple => [place.latitude, place.longitude]
  map.fitBounds(latLngBounds(places.map(at)).pad(0.2), { maxZoom: 16, animate: false })
  for (const place of places) {
    const marker = circleMarker(at(place), { radius: 9, className: 'overt-map__mark' }).addTo(map)
    const words = `${place.name}: ${place.cameras === 1 ? '1 camera' : `${place.cameras} cameras`}`
    marker.bindTooltip(place.name, { permanent: places.length <= 25, direction: 'top', offset: [0, -8] })
    const open = (): void => {
      const line = document.getElementById(`place-${place.id}`)
      line?.scrollIntoView({ block: 'center', behavior: still ? 'auto' : 'smooth' })
      line?.focus({ preventScroll: true })
    }
    marker.on('click', open)
    const element = marker.getElement()
    if (!(element instanceof SVGElement)) continue
    element.setAttribute('tabindex', '0')
    element.setAttribute('role', 'button')
    element.setAttribute('aria-label', words)
    element.addEventListener('focus', () => map.panInside(at(place), { padding: [40, 40], animate: false }))
    element.addEventListener('keydown', (event) => {
      if (!(event instanceof KeyboardEvent) || (event.key !== 'Enter' && event.key !== ' ')) return
      event.preventDefault()
      open()
    })
  }
}

for (const root of document.querySelectorAll<HTMLElement>('[data-module="overt-site-map"]')) start(root)
