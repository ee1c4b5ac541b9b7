// Runs before the first paint, so it is small and old-fashioned. The first picture stands in the document; it is not shown to those
// who come with a link or have work of their own here, and it has the theme that was chosen.
(function () {
  var root = document.documentElement, other = location.hash.length > 1 || document.querySelector('meta[name="rasp-course"]') !== null || /[?&](embed|readonly|hide|view)=/.test(location.search), theme = 'system';
  try {
    theme = localStorage.getItem('rasp-theme') || theme;
    for (var i = 0; i < localStorage.length; ++i) if (/^rasp-work\//.test(localStorage.key(i))) other = true;
    if (localStorage.getItem('rasp-captions') === 'seen') root.classList.add('captions-seen');
  } catch (e) { /* storage is forbidden: nothing was kept */ }
  if (theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)) root.setAttribute('data-theme', 'dark');
  if (other) root.classList.add('not-first');
})();
