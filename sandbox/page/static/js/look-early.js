// Runs before anything is painted, so that a chosen look does not flash. The switch itself is in look.js.
{
  const look = localStorage.getItem("look");
  if (look) document.documentElement.dataset.look = look;
}
