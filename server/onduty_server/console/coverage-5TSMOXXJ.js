import{a,b as t,d as e}from"./chunk-FN3MXDIZ.js";import{A as n,D as s,E as o,F as r,G as $,H as i,g as l,k as c,l as m,m as u,o as d,p,r as g,x as N}from"./chunk-HJTCH242.js";import"./chunk-P7W4NFJ7.js";import"./chunk-Z66DXIQJ.js";import{b as f}from"./chunk-6VDDB22M.js";import{Ga as h,Ha as k,aa as v,e as b,i as O,l as j,r as w}from"./chunk-66JYL3NB.js";var I=[O.ONLINE,O.AWAY,O.OFFLINE];function D({wanted:i,isTable:k,frame:O,again:D}){let{range:M,zone:y}=i,F=o(async(a,t)=>t(await m({...i,signal:a})),[i.accountId,i.teamId,M.start,M.end,y,D]),W=F.found.value,z=W?.moments??[],A=z.every(({counts:a})=>!a||a.every(a=>0===a))?[]:z,J=b(()=>function(a,t){let e=Math.round((a.end-a.start)/864e5);if(e<=3)return l(a,1===e?2:6,t).map(a=>({at:a,label:d(a,t)}));let n=Math.ceil(e/12);return l(a,24,t).flatMap((a,e)=>e%n?[]:[{at:a,label:p(a,t)}])}(M,y),[M.start,M.end,y]),U=A[e(A)],E=U?.counts?.[0]?f().most(v(U.counts[0]),g(U.at,y)):f().nobodyOnline;return w`${O([$(W,M,y)],A.length>0&&(()=>s(A,y)))}
<${N} />
<${r} reading=${F} count=${A.length} range=${M} zone=${y} />
${W&&A.length>0&&(k?w`<${H} moments=${A} zone=${y} top=${`${M.start} ${M.end} ${i.teamId}`} />`:w`<section class="card" aria-label=${f().views.coverage}>
<${t} />
${A.some(({counts:a})=>!a)&&w`<${n} kinds=${["UNKNOWN"]} note=${f().curveUnknown} />`}
<${a} moments=${A} start=${M.start} end=${M.end} until=${W.asOf} marks=${J} label=${f().curve} words=${({at:a,counts:t})=>f().at(g(a,y),t?t.map((a,t)=>f().counted(h(I[t]),a)).join(" · "):u("UNKNOWN"))} />
<p class="hint">${E}. ${c(M)===j.DAY&&w`${f().atMidnight} `}${f().curveHint}</p>
</section>`)}`}function H({moments:a,zone:t,top:e}){let n=[{name:"time",label:f().time,isHead:!0,cell:({at:a})=>g(a,t)},...I.map((a,t)=>({name:`figure ${t}`,label:h(a),cell:({counts:e})=>e?w`<${k} status=${a} />${v(e[t])}`:w`<i class="hint">${u("UNKNOWN")}</i>`}))];return w`<${i}
items=${a}
columns=${n}
keyOf=${({at:a})=>String(a)}
kind="counts"
label=${f().views.coverage}
top=${e}
/>`}export{D as CoverageView};