import { render } from 'preact';
import { App } from './shell/App';
import { takeFirst } from './shell/First';
import { packaged, startTheme, startView } from './state/options';
import { drawn, idle } from './state/drawn';
import { begin } from './state/live';
import { view, viewNamed } from './state/project';
import { beginSession } from './state/session';
import { chosen, themes } from './state/theme';

await beginSession();
view.value = viewNamed(startView) ?? view.value;
chosen.value = themes.find((t) => t === startTheme) ?? chosen.value;
begin();
const app = document.getElementById('app')!;
takeFirst(app);
render(<App />, app);
// Keeping the page for later must not compete with showing it now; a course system keeps its packages itself.
if (!packaged && 'serviceWorker' in navigator && import.meta.env.PROD)
  void drawn
    .then(() => idle())
    .then(() => import('./offline'))
    .then((m) => m.registerOffline());
