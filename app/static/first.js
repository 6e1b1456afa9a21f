// Runs before anything is drawn, in any browser of the last ten years: keep to ES5.
// It sets theme, text size and language as the person left them, and turns away browsers below the floor
// (Chromium 109, Firefox 115, Safari 16.4) with a page that says which one to take.
(function () {
  var root = document.documentElement;
  function kept(key) {
    try {
      return localStorage.getItem("gongbei." + key);
    } catch (refused) {
      return null;
    }
  }
  if (kept("theme")) root.setAttribute("data-theme", kept("theme"));
  if (kept("text")) root.setAttribute("data-text", kept("text"));
  if (kept("language")) root.lang = kept("language");

  var agent = navigator.userAgent;
  function version(pattern) {
    var found = pattern.exec(agent);
    return found ? parseFloat(found[1]) : null;
  }
  var chromium = version(/Chrom(?:e|ium)\/(\d+)/);
  var firefox = version(/Firefox\/(\d+)/);
  // Every browser on an iPhone or iPad is Safari underneath, whatever it calls itself.
  var apple = /(?:iPhone|CPU) OS (\d+)_(\d+)/.exec(agent);
  var safari = apple
    ? parseFloat(apple[1] + "." + apple[2])
    : chromium === null && firefox === null
      ? version(/Version\/(\d+\.\d+).*Safari/)
      : null;
  var old =
    typeof WebAssembly !== "object" ||
    typeof Promise !== "function" ||
    (chromium !== null && chromium < 109) ||
    (firefox !== null && firefox < 115) ||
    (safari !== null && safari < 16.4);
  if (!old) return;
  root.setAttribute("data-old", "");
  document.addEventListener("DOMContentLoaded", function () {
    var english = root.lang === "en";
    document.getElementById("loading").innerHTML = english
      ? "<h1>This browser is too old for Gongbei</h1>" +
        "<p>Your work on the server is safe. Please open this address in one of these:</p>" +
        "<ul><li>Chrome or Edge 109 or later (109 runs on Windows 7)</li><li>360 Secure Browser 15 or QQ Browser 12, in speed mode</li>" +
        "<li>Firefox 115 or later</li><li>Safari 16.4 or later</li></ul>"
      : "<h1>这个浏览器太旧，打不开共备</h1>" +
        "<p>您存在服务器上的内容都在。请换用下面任意一种浏览器，再打开这个网址：</p>" +
        "<ul><li>Chrome 或 Edge 109 以上（Windows 7 可以装 109）</li><li>360 安全浏览器 15 以上、QQ 浏览器 12 以上，用极速模式</li>" +
        "<li>Firefox 115 以上</li><li>Safari 16.4 以上（iPhone、iPad 请升级系统）</li></ul>";
  });
})();
