import{a,b as t,d as e}from"./chunk-DZC5ROUD.js";import{A as s,D as n,E as o,F as r,G as $,H as i,g as c,k as l,l as m,m as u,o as d,p,r as g,x as f}from"./chunk-35GKHQ5O.js";import"./chunk-AQMI6X5W.js";import"./chunk-R7VD77KL.js";import{b as h}from"./chunk-MM2AZFRE.js";import{Ga as k,Ha as v,aa as N,e as b,i as O,l as M,r as j}from"./chunk-HCHKTJTM.js";var w=[O.ONLINE,O.AWAY,O.OFFLINE];function H({wanted:i,isTable:v,frame:O,again:H}){let{range:I,zone:K}=i,y=o(async(a,t)=>t(await m({...i,signal:a})),[i.accountId,i.teamId,I.start,I.end,K,H]),D=y.found.value,U=D?.moments??[],W=U.every(({counts:a})=>!a||a.every(a=>0===a))?[]:U,z=b(()=>function(a,t){let e=Math.round((a.end-a.start)/864e5);if(e<=3)return c(a,1===e?2:6,t).map(a=>({at:a,label:d(a,t)}));let s=Math.ceil(e/8);return c(a,24,t).flatMap((a,e)=>e%s?[]:[{at:a,label:p(a,t)}])}(I,K),[I.start,I.end,K]),E=W[e(W)],F=l(I)===M.DAY,C=F||!E?.counts?.[0]&&W.some(({counts:a})=>!a),G=E?.counts?.[0]?h().most(N(E.counts[0]),g(E.at,K)):h().nobodyOnline;return j`${O([$(D,I,K)],W.length>0&&(()=>n(W,K)))}
<${f} />
<${r} reading=${y} count=${W.length} range=${I} zone=${K} />
${D&&W.length>0&&(v?j`<${A} moments=${W} zone=${K} top=${`${I.start} ${I.end} ${i.teamId}`} />`:j`<section class="card" aria-label=${h().views.coverage}>
<${t} />
${W.some(({counts:a})=>!a)&&j`<${s} kinds=${["UNKNOWN"]} note=${h().curveUnknown} />`}
<${a} moments=${W} start=${I.start} end=${I.end} until=${D.asOf} marks=${z} label=${h().curve} words=${({at:a,counts:t})=>h().at(g(a,K),t?t.map((a,t)=>h().counted(k(w[t]),a)).join(" · "):u("UNKNOWN"))} />
<p class="hint">${!C&&`${G}. `}${F&&`${h().atMidnight} `}${h().curveHint}</p>
</section>`)}`}function A({moments:a,zone:t,top:e}){let s=[{name:"time",label:h().time,isHead:!0,cell:({at:a})=>g(a,t)},...w.map((a,t)=>({name:`figure ${t}`,label:k(a),cell:({counts:e})=>e?j`<${v} status=${a} />${N(e[t])}`:j`<i class="hint">${u("UNKNOWN")}</i>`}))];return j`<${i}
items=${a}
columns=${s}
keyOf=${({at:a})=>String(a)}
kind="counts"
label=${h().views.coverage}
top=${e}
/>`}export{H as CoverageView};