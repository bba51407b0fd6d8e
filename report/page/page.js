// What the page does beyond being read: questions are filtered, links open what they
// lead to, variants are toggled, charts tell their values, share a crosshair, and are
// zoomed.
(() => {
  'use strict';
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (name, attributes = {}, ...children) => {
    const svg = ['g', 'line', 'circle', 'rect'].includes(name);
    const made = svg ? document.createElementNS('http://www.w3.org/2000/svg', name) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };
  const on = (type, listener) => document.addEventListener(type, listener);
  document.documentElement.classList.add('js');

  // Variants: a scenario's buttons say which are shown, in its tables and charts.
  const shown = section => all('[data-toggle][aria-pressed=true]', section).map(b => b.dataset.toggle);
  function show(section, names) {
    for (const b of all('[data-toggle]', section)) b.setAttribute('aria-pressed', names.includes(b.dataset.toggle));
    for (const part of all('[data-variant]', section)) part.classList.toggle('off', !names.includes(part.dataset.variant));
  }
  on('click', e => {
    const button = e.target.closest('[data-toggle]');
    if (!button) return;
    const section = button.closest('.card'), name = button.dataset.toggle;
    const every = all('[data-toggle]', section).map(b => b.dataset.toggle), before = shown(section);
    const now = e.shiftKey ? [name] : every.filter(n => before.includes(n) !== (n === name));
    show(section, now.length ? now : every);
  });

  // Charts. What a chart plots stands beside it, and is read when it is first asked for.
  const tip = document.body.appendChild(make('div', { id: 'tip', role: 'status' }));
  const plots = new WeakMap();
  function plotOf(figure) {
    if (plots.has(figure)) return plots.get(figure);
    const svg = figure.querySelector('svg'), section = figure.closest('.card'), over = make('g', { class: 'over' });
    svg.querySelector('title')?.remove(); // the browser's own tip would cover ours
    svg.append(over);
    const plot = { ...JSON.parse(figure.querySelector('script').textContent), figure, svg, section, over,
      whole: svg.getAttribute('viewBox').split(' ').map(Number) };
    plots.set(figure, plot);
    return plot;
  }
  const hides = (plot, trace) => plot.section.querySelector(`[data-toggle="${CSS.escape(trace.variant)}"][aria-pressed=false]`);
  const visible = plot => plot.traces.filter(trace => !hides(plot, trace));
  const dot = (plot, trace) => all('tr .dot', plot.section).find(d => d.closest('tr').dataset.variant === trace.variant)?.className || 'dot';
  const mark = (plot, trace, [x, y]) => draw(plot, 'circle', { cx: x, cy: y, r: 4, class: dot(plot, trace) });
  const named = (trace, text) => trace.name && !text.includes(trace.name) ? trace.name + ' ' + text : text;
  function nearest(points, x) {
    let from = 0, to = points.length - 1;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (points[middle][0] < x) from = middle + 1; else to = middle;
    }
    return from > 0 && x - points[from - 1][0] < points[from][0] - x ? from - 1 : from;
  }
  const lit = new Set(); // what has been drawn over charts
  function clear() {
    tip.replaceChildren();
    for (const over of lit) over.replaceChildren();
    lit.clear();
  }
  function draw(plot, ...shape) {
    lit.add(plot.over);
    plot.over.append(make(...shape));
  }
  // point shows what is at a place of a panel: on all charts of the scenario
  // whose panels have the same axis, and in words for the one pointed at.
  function point(plot, index, x, y, at) {
    clear();
    const panel = plot.panels[index], lines = new Map();
    let head = '';
    const tell = (trace, [, , text]) => {
      const [where] = text.split(': ', 1), what = named(trace, text);
      head ||= where;
      const line = lines.get(trace.variant) || make('div', trace.panel === index && plot.panels.length > 1 ? { class: 'here' } : {},
        make('span', { class: dot(plot, trace) }), make('b', {}, trace.variant));
      line.append((lines.has(trace.variant) ? ', ' : ' ') + (panel.link && where === head ? what.replace(head + ': ', '') : what));
      lines.set(trace.variant, line);
    };
    if (panel.link) {
      const share = (x - panel.x) / panel.width;
      for (const figure of new Set([plot.figure, ...all('figure', plot.section)])) {
        const other = plotOf(figure);
        other.panels.forEach((p, i) => {
          const traces = visible(other).filter(t => t.panel === i);
          if (p.link !== panel.link || !traces.length) return;
          const line = p.x + share * p.width;
          draw(other, 'line', { x1: line, x2: line, y1: p.y, y2: p.y + p.height });
          for (const t of traces) {
            const found = t.points[nearest(t.points, line)];
            mark(other, t, found);
            if (other === plot) tell(t, found);
          }
        });
      }
    } else {
      let best, least = 60;
      for (const t of visible(plot)) for (const p of t.panel === index ? t.points : []) {
        const d = Math.hypot(p[0] - x, p[1] - y);
        if (d < least) [best, least] = [[t, p], d];
      }
      if (best) {
        mark(plot, ...best);
        tell(...best);
      }
    }
    (plot.figure.closest('dialog') || document.body).append(tip);
    tip.replaceChildren(...(head && panel.link ? [make('b', {}, head)] : []), ...lines.values());
    const box = tip.getBoundingClientRect();
    tip.style.left = Math.max(4, at.x + 16 + box.width > innerWidth ? at.x - 16 - box.width : at.x + 16) + 'px';
    tip.style.top = Math.max(4, Math.min(at.y + 12, innerHeight - box.height - 4)) + 'px';
  }
  const place = (plot, e) => new DOMPoint(e.clientX, e.clientY).matrixTransform(plot.svg.getScreenCTM().inverse());

  // Zoom: the part of the picture that is shown, in the picture's own shape.
  function zoom(plot, x, y, width) {
    const [left, top, w, h] = plot.whole, share = Math.min(1, Math.max(width / w, 0.05));
    const inside = (v, from, size) => Math.min(Math.max(v, from), from + size * (1 - share));
    plot.svg.setAttribute('viewBox', [inside(x, left, w), inside(y, top, h), w * share, h * share].join(' '));
  }
  function zoomBy(plot, factor, dx = 0, dy = 0) {
    const v = plot.svg.viewBox.baseVal, width = v.width * factor, height = v.height * factor;
    zoom(plot, v.x + (v.width - width) / 2 + dx * v.width, v.y + (v.height - height) / 2 + dy * v.height, width);
  }

  // The pointer: hovering tells values, dragging a mouse zooms, a double click zooms out.
  let drag;
  const chart = e => e.target.closest?.('figure svg')?.closest('figure');
  function pointed(e) {
    const figure = drag ? drag.plot.figure : chart(e);
    if (!figure && keys) return;
    keys = null;
    clear();
    if (!figure) return;
    const plot = plotOf(figure), p = place(plot, e);
    if (drag) return draw(plot, 'rect', dragged(p));
    const live = visible(plot).map(t => t.panel);
    const index = plot.panels.findIndex((r, i) => live.includes(i) && Math.abs(p.x - r.x - r.width / 2) < r.width / 2 + 4 && Math.abs(p.y - r.y - r.height / 2) < r.height / 2);
    if (index >= 0) point(plot, index, p.x, p.y, { x: e.clientX, y: e.clientY });
  }
  const dragged = ({ x, y }) => {
    const { from } = drag;
    return { x: Math.min(x, from.x), y: Math.min(y, from.y), width: Math.abs(x - from.x), height: Math.abs(y - from.y) };
  };
  on('pointermove', pointed);
  on('pointerdown', e => {
    pointed(e);
    const figure = chart(e);
    if (figure && e.pointerType === 'mouse' && e.button === 0) drag = { plot: plotOf(figure), from: place(plotOf(figure), e) };
  });
  on('pointerup', e => {
    if (!drag) return;
    const { plot } = drag, { x, y, width, height } = dragged(place(plot, e));
    drag = null;
    clear();
    if (width < 8 && height < 8) return;
    const shape = plot.whole[2] / plot.whole[3], fitted = Math.max(width, height * shape);
    zoom(plot, x + (width - fitted) / 2, y + (height - fitted / shape) / 2, fitted);
  });
  on('dblclick', e => { const f = chart(e); if (f) zoom(plotOf(f), ...plotOf(f).whole); });

  // The keyboard, on a chart: arrows go along its values, + - 0 zoom.
  let keys;
  on('keydown', e => {
    const figure = e.target.matches('figure > .scroll') && e.target.parentNode;
    if (e.key === 'Escape' && tip.firstChild) return clear();
    if (!figure || e.ctrlKey || e.metaKey || e.altKey) return;
    const plot = plotOf(figure), move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
    if (e.key === 'Enter') enlarge(figure);
    else if (e.key === '0') zoom(plot, ...plot.whole);
    else if (e.key === '+' || e.key === '=') zoomBy(plot, 0.7);
    else if (e.key === '-') zoomBy(plot, 1 / 0.7);
    else if (move && e.shiftKey) zoomBy(plot, 1, move[0] / 5, move[1] / 5);
    else if (move) {
      const traces = visible(plot);
      if (keys?.plot !== plot || keys.trace >= traces.length) keys = { plot, trace: 0, i: -1 };
      keys.trace = (keys.trace + move[1] + traces.length) % traces.length;
      const t = traces[keys.trace], last = t.points.length - 1;
      keys.i = Math.max(0, Math.min(last, keys.i + move[0]));
      const [x, y] = t.points[keys.i], on = new DOMPoint(x, y).matrixTransform(plot.svg.getScreenCTM());
      point(plot, t.panel, x, y, on);
    } else return;
    e.preventDefault();
  });
  on('focusout', () => { if (keys) { keys = null; clear(); } });

  // A chart's buttons: larger, and its values as a table.
  const dialog = document.querySelector('dialog');
  let home;
  function enlarge(figure) {
    if (dialog.open) return dialog.close();
    plotOf(figure); // while it stands in its scenario
    clear();
    home = make('span');
    figure.replaceWith(home);
    dialog.append(figure);
    dialog.showModal();
    figure.querySelector('[data-do=enlarge]').textContent = 'Close';
    figure.querySelector('.scroll').focus();
  }
  dialog.addEventListener('close', () => {
    clear();
    const figure = dialog.querySelector('figure'), button = figure.querySelector('[data-do=enlarge]');
    document.body.append(tip);
    home.replaceWith(figure);
    button.textContent = 'Enlarge';
    button.focus();
  });
  dialog.addEventListener('click', e => { if (e.target === dialog) dialog.close(); });
  function values(figure, button) {
    const old = figure.querySelector('.values');
    button.setAttribute('aria-expanded', !old);
    if (old) return old.remove();
    const plot = plotOf(figure), body = make('tbody');
    for (const t of plot.traces) for (const p of t.points) {
      const row = make('tr', { 'data-variant': t.variant }, make('th', { scope: 'row' }, t.variant), make('td', {}, named(t, p[2])));
      row.classList.toggle('off', hides(plot, t));
      body.append(row);
    }
    const label = 'Values of: ' + figure.querySelector('.scroll').getAttribute('aria-label');
    const head = text => make('th', { scope: 'col', class: 'left' }, text);
    figure.append(make('div', { class: 'scroll values', tabindex: 0, role: 'group', 'aria-label': label },
      make('table', {}, make('thead', {}, make('tr', {}, head('Variant'), head('Value'))), body)));
  }
  on('click', e => {
    const button = e.target.closest('[data-do]');
    if (button) ({ enlarge, values })[button.dataset.do](button.closest('figure'), button);
  });

  // A link opens all that its end is folded in.
  function reveal() {
    const id = decodeURIComponent(location.hash.slice(1));
    const end = document.getElementById(id) || document.getElementById('scenario-' + id); // a scenario's name alone opens it too
    let folded = false;
    for (let fold = end?.closest('details'); fold; fold = fold.parentElement.closest('details')) {
      folded ||= !fold.open;
      fold.open = true;
    }
    if (folded) end.scrollIntoView();
  }
  addEventListener('hashchange', reveal);
  reveal();

  // The filter leaves the questions that hold all of its words.
  const cards = all('.card'), filter = document.getElementById('filter'), everything = document.getElementById('all');
  filter?.addEventListener('input', () => {
    const words = filter.value.toLowerCase().split(/\s+/);
    const holds = (part, text) => words.every(w => (part.dataset.words + ' ' + text).toLowerCase().includes(w));
    const left = new Set(cards.filter(c => holds(c, c.querySelector('summary').textContent)).map(c => c.querySelector('.body').id));
    for (const c of cards) c.classList.toggle('off', !left.has(c.querySelector('.body').id));
    for (const group of all('.group')) group.classList.toggle('off', !group.querySelector('.card:not(.off)'));
    for (const item of all('nav [data-words]')) item.classList.toggle('off', !left.has(item.firstElementChild.hash.slice(1)));
    document.getElementById('found').textContent = filter.value && left.size + ' of ' + cards.length;
  });
  everything?.addEventListener('click', () => {
    const open = everything.getAttribute('aria-pressed') !== 'true';
    everything.setAttribute('aria-pressed', open);
    everything.textContent = open ? 'Close all' : 'Open all';
    for (const c of cards) c.open = open;
  });

  // The index says where one is.
  const links = new Map(all('nav a').map(a => [a.hash.slice(1), a]));
  const watch = new IntersectionObserver(seen => {
    for (const { target, isIntersecting } of seen) links.get(target.querySelector('.body').id)?.setAttribute('aria-current', isIntersecting);
  }, { rootMargin: '-25% 0px -70% 0px' });
  for (const c of cards) watch.observe(c);
})();
