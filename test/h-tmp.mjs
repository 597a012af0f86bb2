import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { writeFileSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
const r = await build({entryPoints:['src/browser/chart-board.ts'],bundle:true,minify:true,format:'iife',globalName:'charts',target:'es2022',write:false,legalComments:'eof'});
const lib=r.outputFiles[0].text; console.log('bundle',lib.length);
let {all}=await import(process.argv[3]??"/tmp/w-draw/samples.mjs"); if(process.argv[4]) all=Object.fromEntries(process.argv[4].split(",").map(k=>[k,all[k]]));
const css=readFileSync('src/browser/chart-view.css','utf8')+`:root{color-scheme:light dark;--bg:#fff;--fg:#1c2128}@media(prefers-color-scheme:dark){:root{--bg:#14181f;--fg:#e6e9ee}}@media print{:root{--bg:#fff;--fg:#1c2128}}h2{overflow-wrap:anywhere;font-size:16px}body{font-family:system-ui,sans-serif;background:var(--bg);color:var(--fg);margin:16px}.g{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,520px),1fr));gap:24px}figure{margin:0;min-width:0}`;
const main=`const board=new charts.ChartBoard({arms:['a0','a1','a2'],onArm:a=>{window.arm=a;board.choose(new Set([a]))}});window.board=board;const all=JSON.parse(document.getElementById('d').textContent);for(const c of all){const f=document.createElement('figure');const h=document.createElement('h2');h.textContent=c.title.slice(0,60);const d=document.createElement('div');f.append(h,d);document.querySelector('.g').append(f);board.add(d,c)};`;
const script=lib+main; const h=s=>createHash('sha256').update(s).digest('base64');
const html=`<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width,initial-scale=1"><title>t</title><meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-${h(script)}'; style-src 'sha256-${h(css)}'; img-src data:"><style>${css}</style><main class=g></main><script type=application/json id=d>${JSON.stringify(Object.values(all)).replace(/</g,'\\u003c')}</script><script>${script}</script>`;
writeFileSync('/tmp/w-draw/h/page.html',html);
const b = await chromium.launch({executablePath:'/usr/bin/chromium',args:['--no-sandbox']});
for (const [w,scheme] of (process.argv[2]??'1440:light,768:dark,390:light').split(',').map(x=>x.split(':'))) {
 const p = await b.newPage({viewport:{width:+w,height:900},colorScheme:scheme});
 p.on('console',m=>console.log('console',m.text().slice(0,300))); p.on('pageerror',e=>console.log('error',e.stack.slice(0,600)));
 await p.goto('file:///tmp/w-draw/h/page.html');
 const H=await p.evaluate(()=>document.documentElement.scrollHeight); await p.setViewportSize({width:+w,height:Math.min(H+50,6000)}); await p.waitForTimeout(2500);
 console.log(w,scheme,'overflow',await p.evaluate(()=>document.documentElement.scrollWidth>innerWidth), 'drawn', await p.evaluate(()=>document.querySelectorAll('canvas').length));
 await p.screenshot({path:`/tmp/w-draw/h/${w}-${scheme}.png`,fullPage:true});
 await p.close();
}
await b.close();
