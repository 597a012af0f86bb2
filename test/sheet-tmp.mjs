import { chromium } from 'playwright-core';
import { readFileSync, readdirSync } from 'node:fs';
const [dir,out,w='640']=process.argv.slice(2);
const b = await chromium.launch({executablePath:'/usr/bin/chromium',args:['--no-sandbox']});
const p = await b.newPage({viewport:{width:1300,height:600}});
await p.setContent(`<body style="margin:4px;background:#888">${readdirSync(dir).filter(f=>/svg|png$/.test(f)).slice(0,18).map(n=>`<img width=${w} src="data:image/${n.endsWith('svg')?'svg+xml':'png'};base64,${readFileSync(`${dir}/${n}`).toString('base64')}">`).join('')}`);
await p.waitForTimeout(500); await p.screenshot({path:out,fullPage:true}); await b.close();
