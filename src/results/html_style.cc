#include "results/html.h"

namespace redline::results {

namespace {

constexpr std::string_view kStyle = R"css(
:root{--paper:#fff;--ink:#1a1a1a;--muted:#5b6068;--hairline:#d9dce1;--panel:#f5f6f8;--accent:#004f7c;
--neutral:#8a8f98;--caution:#a94400;color-scheme:light dark;
--serif:Charter,'Bitstream Charter','Iowan Old Style','Source Serif 4','Noto Serif',Cambria,Georgia,
'Noto Serif CJK SC','Songti SC',SimSun,serif;
--sans:system-ui,-apple-system,'Segoe UI','Helvetica Neue',Arial,'Noto Sans CJK SC','PingFang SC',
'Microsoft YaHei',sans-serif;--mono:ui-monospace,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace}
:root:lang(zh-Hant){--serif:Charter,'Bitstream Charter','Iowan Old Style','Source Serif 4','Noto Serif',
Cambria,Georgia,'Noto Serif CJK TC','Songti TC',PMingLiU,serif;
--sans:system-ui,-apple-system,'Segoe UI','Helvetica Neue',Arial,'Noto Sans CJK TC','PingFang TC',
'Microsoft JhengHei',sans-serif}
@media screen and (prefers-color-scheme:dark){:root{--paper:#15171a;--ink:#e8e6e1;--muted:#a3a8b0;
--hairline:#363b42;--panel:#1e2125;--accent:#8cc4ec;--neutral:#8f959e;--caution:#f0a262;
--series-0:#4ea3dc;--series-1:#f0803c;--series-2:#2fc197;--series-3:#dd95bb;--series-7:#a0a0a0}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.6 var(--serif)}
:lang(zh),:lang(ja){line-height:1.75}
.page{max-width:72rem;margin:0 auto;padding:2.5rem 1.5rem 4rem}
.page>*,main>*{max-width:44rem}
main>h2,main>figure,main>.table,main>details,.page>header,.page>footer,.page>main{max-width:none}
.skip{position:absolute;left:-999em}
.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem 1rem;outline:2px solid var(--accent)}
header{border-top:4px solid var(--ink);border-bottom:1px solid var(--hairline);padding:1.25rem 0 1.25rem;
margin-bottom:1.75rem}
h1,h2,h3,h4{font-family:var(--sans);line-height:1.22;text-wrap:balance}
h1{font-size:2.125rem;font-weight:700;letter-spacing:-.012em;margin:0;max-width:52rem}
header p{font-family:var(--sans);color:var(--muted);margin:.5rem 0 0;font-size:1rem}
h2{font-size:1.4375rem;font-weight:650;margin:3rem 0 .75rem;padding-top:.75rem;
border-top:1px solid var(--hairline)}
h3{font-size:1.125rem;font-weight:650;margin:2rem 0 .5rem}
h4{font-size:1rem;font-weight:650;margin:1.5rem 0 .25rem}
p,ul,ol,dl{margin:0 0 1rem}
.lead{font-size:1.25rem;line-height:1.5}
li+li{margin-top:.25rem}
a{color:var(--accent);text-decoration-thickness:.06em;text-underline-offset:.16em}
a:hover{text-decoration-thickness:.12em}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
nav{font-family:var(--sans);font-size:.9375rem;line-height:1.5;margin:0 0 2rem}
nav h2{font-size:.8125rem;color:var(--muted);font-weight:600;border:0;padding:0;margin:0 0 .375rem}
nav ol{list-style:none;margin:0;padding:0;columns:2 18rem;column-gap:2.5rem}
nav li{break-inside:avoid;margin:0;padding:.125rem 0}
nav li.sub{padding-left:1.125rem}
nav a{text-decoration:none}
nav a:hover{text-decoration:underline}
dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.375rem 1.5rem;
font-family:var(--sans);font-size:.9375rem}
dt{color:var(--muted)}
dd{margin:0}
.table{margin:1.5rem 0 2rem;font-family:var(--sans)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.875rem;line-height:1.4;min-width:min(100%,28rem)}
caption{text-align:left;font-weight:650;font-size:1rem;padding:0 0 .625rem;caption-side:top}
th,td{text-align:left;vertical-align:top;padding:.4375rem 1.25rem .4375rem 0;
border-bottom:1px solid var(--hairline)}
th:last-child,td:last-child{padding-right:0}
thead th{vertical-align:bottom;border-bottom:1.5px solid var(--ink);font-weight:600}
tbody th{font-weight:500;min-width:6.5rem}
.unit{display:block;font-weight:400;color:var(--muted)}
.num{text-align:right;font-variant-numeric:tabular-nums lining-nums}
td.num{white-space:nowrap}
th.prose{min-width:10rem}
.short{white-space:nowrap}tbody th.short{min-width:0}
.q{color:var(--caution);font-weight:700;text-decoration:underline dotted;cursor:help}
.notes,figcaption{font-family:var(--sans);font-size:.875rem;line-height:1.5;color:var(--muted);
margin:.625rem 0 0;max-width:52rem}
.notes p{margin:0 0 .25rem}
figure{margin:2rem 0 2.25rem}
figure svg{display:block;width:100%;height:auto;min-width:46rem;font-family:var(--sans)}
figcaption p{margin:0 0 .25rem}
figcaption .what{color:var(--ink)}
.callout{font-family:var(--sans);font-size:.9375rem;background:var(--panel);padding:.875rem 1.125rem;
margin:1.5rem 0}
.callout p{margin:0}
.callout .head{font-weight:650;margin-bottom:.25rem}
.caution .head,.unknown .head{color:var(--caution)}
pre{font:.875rem/1.5 var(--mono);background:var(--panel);padding:.875rem 1.125rem;margin:0 0 1.25rem;
overflow-x:auto;tab-size:2}
code{font-family:var(--mono);font-size:.9em;overflow-wrap:break-word}
pre code{font-size:inherit}
details{border-top:1px solid var(--hairline);border-bottom:1px solid var(--hairline);margin:1.25rem 0;
padding:.625rem 0}
details>*:not(.table):not(figure){max-width:44rem}
summary{font-family:var(--sans);font-weight:600;cursor:pointer}
details[open]>summary{margin-bottom:.75rem}
footer{margin-top:3.5rem;border-top:1px solid var(--hairline);padding-top:1rem;
font:.8125rem/1.5 var(--sans);color:var(--muted)}
.cover{max-width:none;margin-bottom:2rem}
.cover>h2{font-size:.8125rem;color:var(--muted);font-weight:600;border:0;padding:0;margin:0 0 .5rem}
.cover>ol{max-width:52rem;padding-left:1.5rem;font-size:1.125rem;line-height:1.5}
.cover>ol>li+li{margin-top:.5rem}
.cover>ol>li::marker{font-family:var(--sans);color:var(--muted)}
.keys{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,19rem),1fr));gap:1.5rem 2rem;
margin-top:1.75rem}
.keys figure{margin:0;border-top:2px solid var(--ink);padding-top:.5rem}
.keys figcaption{margin:0 0 .75rem}
.keys figure svg{min-width:0;max-width:26rem}
.key{font:700 1.875rem/1.2 var(--sans);color:var(--ink);letter-spacing:-.01em}
.keys .key{margin:0}
th button.sort{all:unset;cursor:pointer;text-align:inherit}
th button.sort:hover{text-decoration:underline}
th button.sort:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
th[aria-sort=ascending] button.sort::after{content:' \25B2'}
th[aria-sort=descending] button.sort::after{content:' \25BC'}
.filter{font-size:.875rem;margin:0 0 .625rem}
.filter input{font:inherit;color:inherit;background:var(--paper);border:1px solid var(--neutral);
padding:.25rem .5rem;width:16rem;max-width:100%}
.filter output{color:var(--muted);margin-left:.5rem}
.tip{position:fixed;z-index:1;max-width:min(24rem,90vw);background:var(--ink);color:var(--paper);
font:.8125rem/1.4 var(--sans);padding:.375rem .625rem;white-space:pre-line;pointer-events:none}
@media (max-width:40rem){.page{padding:1.25rem 1rem 3rem}h1{font-size:1.625rem}
dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@media print{@page{margin:18mm 16mm}
.cover{break-after:page}
.filter,.tip{display:none}
th button.sort::after{content:none!important}
.keys{grid-template-columns:repeat(3,1fr)}
body{font-size:10pt}
.page{max-width:none;padding:0}
.skip{display:none}
h1,h2,h3,h4,caption{break-after:avoid}
p,li{orphans:3;widows:3}
tr,figure,.callout,pre,dl{break-inside:avoid}
thead{display:table-header-group}
.scroll{overflow:visible}
figure svg{min-width:0}
table{width:100%;min-width:0}th.prose,tbody th{min-width:0}td{overflow-wrap:anywhere}th,td{padding-top:.15rem;padding-bottom:.15rem}
table{font-size:8pt}
pre{white-space:pre-wrap}
a{color:inherit}
.page a[href^=http]::after{content:' <' attr(href) '>';font-size:.85em;overflow-wrap:anywhere}
details::details-content{content-visibility:visible;block-size:auto}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
)css";

}  // namespace

std::string_view html_style() { return kStyle; }

}  // namespace redline::results
