import{A as s,C as e,E as a,F as n,G as t,H as i,I as l,j as r,p as o,t as $,u as m,w as d,x as p,z as u}from"./chunk-F4CVCI6W.js";import{a as c,b as h,e as b,h as f,i as g}from"./chunk-N5F6S4RG.js";import"./chunk-XMYWLCYN.js";import{b as k}from"./chunk-IQRM4KZN.js";import{$ as v,La as w,Z as y,e as N,ka as j,r as C}from"./chunk-LVUNQX7G.js";function I({wanted:i,isTable:l,frame:o,again:$,by:m}){let{range:u,zone:v}=i,w=a((s,e)=>r({...i,signal:s},m,e),[i.accountId,i.teamId,u.start,u.end,v,m,$],(s,e)=>({...s,rows:f(s.rows,e)})),j=w.found.value,I=N(()=>{let s=j?.rows??[];return"person"===m?g(s,y.value):s},[j,m,y.value]),x=b(I.map(({sums:s})=>s.times)),O=I.reduce((s,{sums:e})=>s+e.dropped,0),T=x.UNKNOWN===O?k().reasons.dropped:O?d({times:x,dropped:O}):k().unseenOrErased,W=c.filter(s=>void 0!==h[s]||x[s]>0),F=`${u.start} ${u.end} ${i.teamId} ${m} ${l}`,G="person"===m?I.length:I[0]?.people??0,H=j?[k().people(G),j.isWhole?t(j,u,v):k().reading]:[];return C`${o(H,I.length>0&&(()=>e(I,v)))}
<${p} />
<${n} reading=${w} count=${I.length} range=${u} zone=${v} isCut=${j?.isCut} />
${I.length>0&&C`<div class="together"><span class="hint">${k().together}</span> <${s} kinds=${W} times=${x} note=${T} /></div>
<${z} rows=${I} kinds=${W} zone=${v} isTable=${l} by=${m} top=${F} />`}`}function z({rows:s,kinds:e,zone:a,isTable:n,by:t,top:r}){let p=Math.max(...s.map(({from:s,to:e,people:a})=>(e-s)*a)),c=["person"===t?{name:"person",label:k().person,isHead:!0,cell:s=>C`<${w} id=${s.id} name=${s.name} />`}:{name:"person",label:k().date,isHead:!0,cell:s=>function({from:s,to:e},a){let n=(e-s)/36e5;return C`${o(s,a)}${[23,25].includes(n)&&C` <span class="hint">${n} ${v().units.h}</span>`}`}(s,a)},...n?[..."person"===t?[{name:"in-team",label:k().team,cell:({team:s})=>j(s),title:({team:s})=>j(s)}]:[],...l(e,({sums:s})=>s.times),{name:"causes",label:k().causes,cell:({sums:s})=>m(s),title:({sums:s})=>m(s)}]:[{name:"strip",label:C`<span class="visually-hidden">${k().bars}</span>`,cell:({sums:s})=>C`<span class="visually-hidden">${$(s.times)}</span><${u} times=${s.times} whole=${p} note=${d(s)} />`},...l(e,({sums:s})=>s.times)]];return C`<div class="rows-frame" style=${{"--kinds":e.length}}>
<${i}
items=${s}
columns=${c}
keyOf=${e=>"day"===t?String(e.from):e.id||`erased ${s.indexOf(e)}`}
kind=${`${n?"tabled":"barred"} by-${t}`}
label=${k().views.time}
top=${r}
/>
</div>`}export{I as TimesView};