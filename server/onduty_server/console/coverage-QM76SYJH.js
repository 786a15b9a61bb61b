import{a,b as t,d as e}from"./chunk-WC2EP23J.js";import{A as s,D as n,E as o,F as r,G as $,H as i,g as c,k as l,l as m,m as u,o as d,p,r as g,x as f}from"./chunk-D7R5XWK2.js";import"./chunk-5NVHYXTJ.js";import"./chunk-FQG5EZ7N.js";import{b as h}from"./chunk-2RIPJR2E.js";import{Ga as N,Ha as k,aa as v,e as b,i as O,l as j,r as w}from"./chunk-CKQJLUM6.js";var E=[O.ONLINE,O.AWAY,O.OFFLINE];function I({wanted:i,isTable:k,frame:O,again:I}){let{range:y,zone:H}=i,K=o(async(a,t)=>t(await m({...i,signal:a})),[i.accountId,i.teamId,y.start,y.end,H,I]),M=K.found.value,U=M?.moments??[],z=U.every(({counts:a})=>!a||a.every(a=>0===a))?[]:U,A=b(()=>function(a,t){let e=Math.round((a.end-a.start)/864e5);if(e<=3)return c(a,1===e?2:6,t).map(a=>({at:a,label:d(a,t)}));let s=Math.ceil(e/8);return c(a,24,t).flatMap((a,e)=>e%s?[]:[{at:a,label:p(a,t)}])}(y,H),[y.start,y.end,H]),F=z[e(z)],J=l(y)===j.DAY,C=J||!F?.counts?.[0]&&z.some(({counts:a})=>!a),D=F?.counts?.[0]?h().most(v(F.counts[0]),g(F.at,H)):h().nobodyOnline;return w`${O([$(M,y,H)],z.length>0&&(()=>n(z,H)))}
<${f} />
<${r} reading=${K} count=${z.length} range=${y} zone=${H} />
${M&&z.length>0&&(k?w`<${W} moments=${z} zone=${H} top=${`${y.start} ${y.end} ${i.teamId}`} />`:w`<section class="card" aria-label=${h().views.coverage}>
<${t} />
${z.some(({counts:a})=>!a)&&w`<${s} kinds=${["UNKNOWN"]} note=${h().curveUnknown} />`}
<${a} moments=${z} start=${y.start} end=${y.end} until=${M.asOf} marks=${A} label=${h().curve} words=${({at:a,counts:t})=>h().at(g(a,H),t?t.map((a,t)=>h().counted(N(E[t]),a)).join(" · "):u("UNKNOWN"))} />
<p class="hint">${!C&&`${D}. `}${J&&`${h().atMidnight} `}${h().curveHint}</p>
</section>`)}`}function W({moments:a,zone:t,top:e}){let s=[{name:"time",label:h().time,isHead:!0,cell:({at:a})=>g(a,t)},...E.map((a,t)=>({name:`figure ${t}`,label:N(a),cell:({counts:e})=>e?w`<${k} status=${a} />${v(e[t])}`:w`<i class="hint">${u("UNKNOWN")}</i>`}))];return w`<${i}
items=${a}
columns=${s}
keyOf=${({at:a})=>String(a)}
kind="counts"
label=${h().views.coverage}
top=${e}
/>`}export{I as CoverageView};