import{A as s,C as e,E as a,F as n,G as t,H as i,I as l,j as r,p as o,t as $,u as m,w as d,x as p,z as u}from"./chunk-D7R5XWK2.js";import{a as c,b as h,e as b,h as f,i as g}from"./chunk-5NVHYXTJ.js";import"./chunk-FQG5EZ7N.js";import{b as k}from"./chunk-2RIPJR2E.js";import{$ as v,La as w,Z as y,e as j,ka as z,r as I}from"./chunk-CKQJLUM6.js";function N({wanted:i,isTable:l,frame:o,again:$,by:m}){let{range:u,zone:v}=i,w=a((s,e)=>r({...i,signal:s},m,e),[i.accountId,i.teamId,u.start,u.end,v,m,$],(s,e)=>({...s,rows:f(s.rows,e)})),z=w.found.value,N=j(()=>{let s=z?.rows??[];return"person"===m?g(s,y.value):s},[z,m,y.value]),x=b(N.map(({sums:s})=>s.times)),C=N.reduce((s,{sums:e})=>s+e.dropped,0),E=x.UNKNOWN===C?k().reasons.dropped:C?d({times:x,dropped:C}):k().unseenOrErased,H=c.filter(s=>void 0!==h[s]||x[s]>0),O=`${u.start} ${u.end} ${i.teamId} ${m} ${l}`,J="person"===m?N.length:N[0]?.people??0,K=z?[k().people(J),z.isWhole?t(z,u,v):k().reading]:[];return I`${o(K,N.length>0&&(()=>e(N,v)))}
<${p} />
<${n} reading=${w} count=${N.length} range=${u} zone=${v} isCut=${z?.isCut} />
${N.length>0&&I`<div class="together"><span class="hint">${k().together}</span> <${s} kinds=${H} times=${x} note=${E} /></div>
<${T} rows=${N} kinds=${H} zone=${v} isTable=${l} by=${m} top=${O} />`}`}function T({rows:s,kinds:e,zone:a,isTable:n,by:t,top:r}){let p=Math.max(...s.map(({from:s,to:e,people:a})=>(e-s)*a)),c=["person"===t?{name:"person",label:k().person,isHead:!0,cell:s=>I`<${w} id=${s.id} name=${s.name} />`}:{name:"person",label:k().date,isHead:!0,cell:s=>function({from:s,to:e},a){let n=(e-s)/36e5;return I`${o(s,a)}${[23,25].includes(n)&&I` <span class="hint">${n} ${v().units.h}</span>`}`}(s,a)},...n?[..."person"===t?[{name:"in-team",label:k().team,cell:({team:s})=>z(s),title:({team:s})=>z(s)}]:[],...l(e,({sums:s})=>s.times),{name:"causes",label:k().causes,cell:({sums:s})=>m(s),title:({sums:s})=>m(s)}]:[{name:"strip",label:I`<span class="visually-hidden">${k().bars}</span>`,cell:({sums:s})=>I`<span class="visually-hidden">${$(s.times)}</span><${u} times=${s.times} whole=${p} note=${d(s)} />`},...l(e,({sums:s})=>s.times)]];return I`<div class="rows-frame" style=${{"--kinds":e.length}}>
<${i}
items=${s}
columns=${c}
keyOf=${e=>"day"===t?String(e.from):e.id||`erased ${s.indexOf(e)}`}
kind=${`${n?"tabled":"barred"} by-${t}`}
label=${k().views.time}
top=${r}
/>
</div>`}export{N as TimesView};