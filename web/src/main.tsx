import { render } from 'preact';
import { useState } from 'preact/hooks';
import { Editor } from './editor/Editor';
import { begin } from './state';
import { Circuit } from './views/Circuit';
import { Gallery } from './views/Gallery';
import { Output } from './views/Output';
import { Residual } from './views/Residual';
import { Problems, Settings } from './views/Settings';

const themes = ['system', 'light', 'dark'] as const;

function storedTheme(): (typeof themes)[number] {
  try { return themes.find((t) => t === localStorage.getItem('rasp-theme')) ?? 'system'; } catch { return 'system'; }
}

function App() {
  const [gallery, setGallery] = useState(false);
  const [theme, setTheme] = useState(storedTheme());
  const [tab, setTab] = useState<'code' | 'model'>('code');
  document.documentElement.dataset.theme = theme;
  const next = () => {
    const t = themes[(themes.indexOf(theme) + 1) % themes.length]!;
    setTheme(t);
    try { localStorage.setItem('rasp-theme', t); } catch { /* not kept */ }
  };
  return (
    <>
      <header class="top">
        <h1>RASP <span>Playground</span></h1>
        <nav aria-label="Page">
          <div class="tabs" role="group" aria-label="View">
            {(['code', 'model'] as const).map((t) => <button type="button" aria-pressed={tab === t} onClick={() => setTab(t)}>{t}</button>)}
          </div>
          <button type="button" onClick={() => setGallery(true)}>Examples</button>
          <button type="button" class="quiet" onClick={next}>Theme: {theme}</button>
        </nav>
      </header>
      <main class={`show-${tab}`}>
        <div class="left">
          <Editor />
          <Settings />
          <Problems />
        </div>
        <div class="right">
          <Output />
          <Circuit />
          <Residual />
        </div>
      </main>
      {gallery && <Gallery close={() => setGallery(false)} />}
    </>
  );
}

render(<App />, document.getElementById('app')!);
begin();
