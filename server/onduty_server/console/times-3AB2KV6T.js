import{A as s,C as e,E as a,F as n,G as t,H as i,I as l,j as r,p as o,t as $,u as m,w as d,x as p,z as u}from"./chunk-35GKHQ5O.js";import{a as c,b as h,e as b,h as f,i as g}from"./chunk-AQMI6X5W.js";import"./chunk-R7VD77KL.js";import{b as k}from"./chunk-MM2AZFRE.js";import{$ as v,La as w,Z as y,e as j,ka as H,r as T}from"./chunk-HCHKTJTM.js";function z({wanted:i,isTable:l,frame:o,again:$,by:m}){let{range:u,zone:v}=i,w=a((s,e)=>r({...i,signal:s},m,e),[i.accountId,i.teamId,u.start,u.end,v,m,$],(s,e)=>({...s,rows:f(s.rows,e)})),H=w.found.value,z=j(()=>{let s=H?.rows??[];return"person"===m?g(s,y.value):s},[H,m,y.value]),M=b(z.map(({sums:s})=>s.times)),O=z.reduce((s,{sums:e})=>s+e.dropped,0),x=M.UNKNOWN===O?k().reasons.dropped:O?d({times:M,dropped:O}):k().unseenOrErased,C=c.filter(s=>void 0!==h[s]||M[s]>0),K=`${u.start} ${u.end} ${i.teamId} ${m} ${l}`,A="person"===m?z.length:z[0]?.people??0,E=H?[k().people(A),H.isWhole?t(H,u,v):k().reading]:[];return T`${o(E,z.length>0&&(()=>e(z,v)))}
<${p} />
<${n} reading=${w} count=${z.length} range=${u} zone=${v} isCut=${H?.isCut} />
${z.length>0&&T`<div class="together"><span class="hint">${k().together}</span> <${s} kinds=${C} times=${M} note=${x} /></div>
<${I} rows=${z} kinds=${C} zone=${v} isTable=${l} by=${m} top=${K} />`}`}function I({rows:s,kinds:e,zone:a,isTable:n,by:t,top:r}){let p=Math.max(...s.map(({from:s,to:e,people:a})=>(e-s)*a)),c=["person"===t?{name:"person",label:k().person,isHead:!0,cell:s=>T`<${w} id=${s.id} name=${s.name} />`}:{name:"person",label:k().date,isHead:!0,cell:s=>function({from:s,to:e},a){let n=(e-s)/36e5;return T`${o(s,a)}${[23,25].includes(n)&&T` <span class="hint">${n} ${v().units.h}</span>`}`}(s,a)},...n?[..."person"===t?[{name:"in-team",label:k().team,cell:({team:s})=>H(s),title:({team:s})=>H(s)}]:[],...l(e,({sums:s})=>s.times),{name:"causes",label:k().causes,cell:({sums:s})=>m(s),title:({sums:s})=>m(s)}]:[{name:"strip",label:T`<span class="visually-hidden">${k().bars}</span>`,cell:({sums:s})=>T`<span class="visually-hidden">${$(s.times)}</span><${u} times=${s.times} whole=${p} note=${d(s)} />`},...l(e,({sums:s})=>s.times)]];return T`<div class="rows-frame" style=${{"--kinds":e.length}}>
<${i}
items=${s}
columns=${c}
keyOf=${e=>"day"===t?String(e.from):e.id||`erased ${s.indexOf(e)}`}
kind=${`${n?"tabled":"barred"} by-${t}`}
label=${k().views.time}
top=${r}
/>
</div>`}export{z as TimesView};