import{a,b as t,d as e}from"./chunk-NEQQ72PX.js";import{A as n,D as s,E as o,F as r,G as $,H as i,g as l,k as c,l as m,m as u,o as d,p,r as N,x as g}from"./chunk-F4CVCI6W.js";import"./chunk-N5F6S4RG.js";import"./chunk-XMYWLCYN.js";import{b as f}from"./chunk-IQRM4KZN.js";import{Ga as h,Ha as k,aa as v,e as b,i as O,l as j,r as w}from"./chunk-LVUNQX7G.js";var I=[O.ONLINE,O.AWAY,O.OFFLINE];function M({wanted:i,isTable:k,frame:O,again:M}){let{range:y,zone:F}=i,U=o(async(a,t)=>t(await m({...i,signal:a})),[i.accountId,i.teamId,y.start,y.end,F,M]),z=U.found.value,A=z?.moments??[],C=A.every(({counts:a})=>!a||a.every(a=>0===a))?[]:A,E=b(()=>function(a,t){let e=Math.round((a.end-a.start)/864e5);if(e<=3)return l(a,1===e?2:6,t).map(a=>({at:a,label:d(a,t)}));let n=Math.ceil(e/12);return l(a,24,t).flatMap((a,e)=>e%n?[]:[{at:a,label:p(a,t)}])}(y,F),[y.start,y.end,F]),G=C[e(C)],H=G?.counts?.[0]?f().most(v(G.counts[0]),N(G.at,F)):f().nobodyOnline;return w`${O([$(z,y,F)],C.length>0&&(()=>s(C,F)))}
<${g} />
<${r} reading=${U} count=${C.length} range=${y} zone=${F} />
${z&&C.length>0&&(k?w`<${W} moments=${C} zone=${F} top=${`${y.start} ${y.end} ${i.teamId}`} />`:w`<section class="card" aria-label=${f().views.coverage}>
<${t} />
${C.some(({counts:a})=>!a)&&w`<${n} kinds=${["UNKNOWN"]} note=${f().curveUnknown} />`}
<${a} moments=${C} start=${y.start} end=${y.end} until=${z.asOf} marks=${E} label=${f().curve} words=${({at:a,counts:t})=>f().at(N(a,F),t?t.map((a,t)=>f().counted(h(I[t]),a)).join(" · "):u("UNKNOWN"))} />
<p class="hint">${H}. ${c(y)===j.DAY&&w`${f().atMidnight} `}${f().curveHint}</p>
</section>`)}`}function W({moments:a,zone:t,top:e}){let n=[{name:"time",label:f().time,isHead:!0,cell:({at:a})=>N(a,t)},...I.map((a,t)=>({name:`figure ${t}`,label:h(a),cell:({counts:e})=>e?w`<${k} status=${a} />${v(e[t])}`:w`<i class="hint">${u("UNKNOWN")}</i>`}))];return w`<${i}
items=${a}
columns=${n}
keyOf=${({at:a})=>String(a)}
kind="counts"
label=${f().views.coverage}
top=${e}
/>`}export{M as CoverageView};