import{A as s,C as e,E as a,F as n,G as t,H as i,I as l,j as r,p as o,t as $,u as m,w as d,x as p,z as u}from"./chunk-HJTCH242.js";import{a as c,b as h,e as b,h as f,i as g}from"./chunk-P7W4NFJ7.js";import"./chunk-Z66DXIQJ.js";import{b as k}from"./chunk-6VDDB22M.js";import{$ as v,La as w,Z as y,e as j,ka as z,r as H}from"./chunk-66JYL3NB.js";function I({wanted:i,isTable:l,frame:o,again:$,by:m}){let{range:u,zone:v}=i,w=a((s,e)=>r({...i,signal:s},m,e),[i.accountId,i.teamId,u.start,u.end,v,m,$],(s,e)=>({...s,rows:f(s.rows,e)})),z=w.found.value,I=j(()=>{let s=z?.rows??[];return"person"===m?g(s,y.value):s},[z,m,y.value]),T=b(I.map(({sums:s})=>s.times)),x=I.reduce((s,{sums:e})=>s+e.dropped,0),C=T.UNKNOWN===x?k().reasons.dropped:x?d({times:T,dropped:x}):k().unseenOrErased,J=c.filter(s=>void 0!==h[s]||T[s]>0),O=`${u.start} ${u.end} ${i.teamId} ${m} ${l}`,D="person"===m?I.length:I[0]?.people??0,W=z?[k().people(D),z.isWhole?t(z,u,v):k().reading]:[];return H`${o(W,I.length>0&&(()=>e(I,v)))}
<${p} />
<${n} reading=${w} count=${I.length} range=${u} zone=${v} isCut=${z?.isCut} />
${I.length>0&&H`<div class="together"><span class="hint">${k().together}</span> <${s} kinds=${J} times=${T} note=${C} /></div>
<${N} rows=${I} kinds=${J} zone=${v} isTable=${l} by=${m} top=${O} />`}`}function N({rows:s,kinds:e,zone:a,isTable:n,by:t,top:r}){let p=Math.max(...s.map(({from:s,to:e,people:a})=>(e-s)*a)),c=["person"===t?{name:"person",label:k().person,isHead:!0,cell:s=>H`<${w} id=${s.id} name=${s.name} />`}:{name:"person",label:k().date,isHead:!0,cell:s=>function({from:s,to:e},a){let n=(e-s)/36e5;return H`${o(s,a)}${[23,25].includes(n)&&H` <span class="hint">${n} ${v().units.h}</span>`}`}(s,a)},...n?[..."person"===t?[{name:"in-team",label:k().team,cell:({team:s})=>z(s),title:({team:s})=>z(s)}]:[],...l(e,({sums:s})=>s.times),{name:"causes",label:k().causes,cell:({sums:s})=>m(s),title:({sums:s})=>m(s)}]:[{name:"strip",label:H`<span class="visually-hidden">${k().bars}</span>`,cell:({sums:s})=>H`<span class="visually-hidden">${$(s.times)}</span><${u} times=${s.times} whole=${p} note=${d(s)} />`},...l(e,({sums:s})=>s.times)]];return H`<div class="rows-frame" style=${{"--kinds":e.length}}>
<${i}
items=${s}
columns=${c}
keyOf=${e=>"day"===t?String(e.from):e.id||`erased ${s.indexOf(e)}`}
kind=${`${n?"tabled":"barred"} by-${t}`}
label=${k().views.time}
top=${r}
/>
</div>`}export{I as TimesView};