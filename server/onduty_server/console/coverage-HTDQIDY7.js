import{a,b as t,d as e}from"./chunk-C4UAIAKZ.js";import{C as n,D as s,E as o,F as r,G as i,g as $,k as l,l as c,n as m,o as u,q as d,w as p}from"./chunk-BODJMZAL.js";import"./chunk-7V263WIB.js";import"./chunk-RLNKGPYT.js";import{b as f}from"./chunk-LJJJZZCD.js";import{Ga as g,Ha as h,aa as b,e as v,i as N,r as k}from"./chunk-2RMJNR7X.js";var O=[N.ONLINE,N.AWAY,N.OFFLINE];function j({wanted:i,isTable:h,frame:N,again:j}){let{range:I,zone:y}=i,A=s(async(a,t)=>t(await l({...i,signal:a})),[i.accountId,i.teamId,I.start,I.end,y,j]),J=A.found.value,L=J?.moments??[],M=L.every(({counts:a})=>!a||a.every(a=>0===a))?[]:L,z=v(()=>function(a,t){let e=Math.round((a.end-a.start)/864e5);if(e<=3)return $(a,1===e?2:6,t).map(a=>({at:a,label:m(a,t)}));let n=Math.ceil(e/12);return $(a,24,t).flatMap((a,e)=>e%n?[]:[{at:a,label:u(a,t)}])}(I,y),[I.start,I.end,y]),K=M[e(M)],W=K?.counts?.[0]?f().most(b(K.counts[0]),d(K.at,y)):f().nobodyOnline;return k`${N([r(J,I,y)],M.length>0&&(()=>n(M,y)))}
<${p} />
<${o} reading=${A} count=${M.length} range=${I} zone=${y} />
${J&&M.length>0&&(h?k`<${w} moments=${M} zone=${y} top=${`${I.start} ${I.end} ${i.teamId}`} />`:k`<section class="card" aria-label=${f().views.coverage}>
<${t} />
<${a} moments=${M} start=${I.start} end=${I.end} until=${J.asOf} marks=${z} label=${f().curve} words=${({at:a,counts:t})=>f().at(d(a,y),t?t.map((a,t)=>f().counted(g(O[t]),a)).join(" · "):c("UNKNOWN"))} />
<p class="hint">${W}. ${f().curveHint}</p>
</section>`)}`}function w({moments:a,zone:t,top:e}){let n=[{name:"time",label:f().time,isHead:!0,cell:({at:a})=>d(a,t)},...O.map((a,t)=>({name:`figure ${t}`,label:g(a),cell:({counts:e})=>e?k`<${h} status=${a} />${b(e[t])}`:k`<i class="hint">${c("UNKNOWN")}</i>`}))];return k`<${i}
items=${a}
columns=${n}
keyOf=${({at:a})=>String(a)}
kind="counts"
label=${f().views.coverage}
top=${e}
/>`}export{j as CoverageView};