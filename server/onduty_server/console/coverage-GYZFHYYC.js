import{a,b as t,d as e}from"./chunk-I6A7UHUD.js";import{C as n,D as s,E as o,F as r,G as $,g as i,k as l,l as c,n as m,o as u,q as d,w as p,z as f}from"./chunk-J45EPW5M.js";import"./chunk-Q2IH52LQ.js";import"./chunk-SUONVRRN.js";import{b as g}from"./chunk-BX7Q2DX5.js";import{Ga as N,Ha as h,aa as v,e as b,i as k,r as O}from"./chunk-GETTYKH7.js";var w=[k.ONLINE,k.AWAY,k.OFFLINE];function j({wanted:$,isTable:h,frame:k,again:j}){let{range:U,zone:H}=$,y=s(async(a,t)=>t(await l({...$,signal:a})),[$.accountId,$.teamId,U.start,U.end,H,j]),z=y.found.value,W=z?.moments??[],E=W.every(({counts:a})=>!a||a.every(a=>0===a))?[]:W,K=b(()=>function(a,t){let e=Math.round((a.end-a.start)/864e5);if(e<=3)return i(a,1===e?2:6,t).map(a=>({at:a,label:m(a,t)}));let n=Math.ceil(e/12);return i(a,24,t).flatMap((a,e)=>e%n?[]:[{at:a,label:u(a,t)}])}(U,H),[U.start,U.end,H]),M=E[e(E)],A=M?.counts?.[0]?g().most(v(M.counts[0]),d(M.at,H)):g().nobodyOnline;return O`${k([r(z,U,H)],E.length>0&&(()=>n(E,H)))}
<${p} />
<${o} reading=${y} count=${E.length} range=${U} zone=${H} />
${z&&E.length>0&&(h?O`<${I} moments=${E} zone=${H} top=${`${U.start} ${U.end} ${$.teamId}`} />`:O`<section class="card" aria-label=${g().views.coverage}>
<${t} />
${E.some(({counts:a})=>!a)&&O`<${f} kinds=${["UNKNOWN"]} note=${g().curveUnknown} />`}
<${a} moments=${E} start=${U.start} end=${U.end} until=${z.asOf} marks=${K} label=${g().curve} words=${({at:a,counts:t})=>g().at(d(a,H),t?t.map((a,t)=>g().counted(N(w[t]),a)).join(" · "):c("UNKNOWN"))} />
<p class="hint">${A}. ${g().curveHint}</p>
</section>`)}`}function I({moments:a,zone:t,top:e}){let n=[{name:"time",label:g().time,isHead:!0,cell:({at:a})=>d(a,t)},...w.map((a,t)=>({name:`figure ${t}`,label:N(a),cell:({counts:e})=>e?O`<${h} status=${a} />${v(e[t])}`:O`<i class="hint">${c("UNKNOWN")}</i>`}))];return O`<${$}
items=${a}
columns=${n}
keyOf=${({at:a})=>String(a)}
kind="counts"
label=${g().views.coverage}
top=${e}
/>`}export{j as CoverageView};