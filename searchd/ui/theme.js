// Before the page is drawn: the colours the reader has chosen. Not a module, for those come later.
try {
  const chosen = localStorage.getItem('readout-theme');
  if (chosen === 'light' || chosen === 'dark') {
    document.documentElement.dataset.theme = chosen;
  }
} catch {
  // storage is refused: as the system has it
}
