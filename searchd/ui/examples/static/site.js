// What a page may do with the events of the box.
document.addEventListener('readout-results', (event) => {
  const { q, answer } = event.detail;
  document.getElementById('said').textContent = `Searched for “${q}”: ${answer.total.value} found.`;
});
